package dev.gsig.transformer.config;

import dev.gsig.ehr.AgeInput;
import dev.gsig.ehr.TimeInput.Transform;
import dev.gsig.ehr.internal.JsonObject;

/** The keys that say what the age input is. */
final class AgeKeys {
  private static final String ROWS = "age_rows_per_year";
  private static final String TRANSFORM = "age_transform";

  private AgeKeys() {}

  /**
   * What the keys say.
   *
   * @param kind of the age input; null for none
   * @param rotary whether rows turn by their ages
   * @return null for a model that reads no ages
   */
  static AgeInput read(JsonObject json, EmbeddingKind kind, boolean rotary) {
    int rows = json.has(ROWS) ? Values.size(json, ROWS, 1) : 1;
    boolean table = kind != null && !kind.isLayer();
    boolean exact = !table && (kind != null || rotary);
    if (json.has(TRANSFORM) != exact) {
      throw json.invalid(
          TRANSFORM,
          exact
              ? "is missing; the model reads ages as numbers: none if they are exact, floor if they"
                  + " are whole"
              : "is given, but the model reads no ages, or rows of a table; remove it");
    }
    if (!table && !exact) {
      return null;
    }
    Transform transform =
        exact
            ? Values.choice(json, TRANSFORM, Transform.class, Transform::configName)
            : Transform.FLOOR;
    return new AgeInput(rows, transform);
  }
}
