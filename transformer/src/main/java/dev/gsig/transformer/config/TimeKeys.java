package dev.gsig.transformer.config;

import dev.gsig.ehr.TimeInput;
import dev.gsig.ehr.TimeInput.AtSpecial;
import dev.gsig.ehr.TimeInput.Span;
import dev.gsig.ehr.TimeInput.Transform;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.List;

/**
 * The keys that say what the time input is. None has a default: with another value of any of them a
 * model computes something else.
 */
final class TimeKeys {
  private static final String UNIT = "time_unit";
  private static final List<String> ALL =
      List.of("time_span", UNIT, "time_transform", "time_special_tokens");

  private TimeKeys() {}

  /** What the keys say; null, and no key may be there, for a model that reads no times. */
  static TimeInput read(JsonObject json, boolean needed) {
    for (String key : ALL) {
      if (json.has(key) != needed) {
        throw json.invalid(
            key,
            needed
                ? "is missing; the model reads times, and there is no usual meaning of them"
                : "is given, but embedding_inputs has no \"time\"; remove it or add the input");
      }
    }
    return needed
        ? new TimeInput(
            Values.choice(json, "time_span", Span.class, Span::configName),
            unit(json),
            Values.choice(json, "time_transform", Transform.class, Transform::configName),
            Values.choice(json, "time_special_tokens", AtSpecial.class, AtSpecial::configName))
        : null;
  }

  /** A unit by name, or the number of days that it has. */
  private static double unit(JsonObject json) {
    if (json.raw(UNIT) instanceof Number) {
      double seconds = Values.positive(json, UNIT) * TimeInput.DAY;
      if (seconds == 0 || seconds == Double.POSITIVE_INFINITY) {
        throw json.invalid(UNIT, "is out of range; give a number of days");
      }
      return seconds;
    }
    Double seconds = TimeInput.UNITS.get(json.string(UNIT));
    if (seconds == null) {
      throw json.invalid(
          UNIT,
          "must be one of "
              + String.join(", ", TimeInput.UNITS.keySet())
              + ", or a number of days, but is "
              + Json.quote(json.string(UNIT)));
    }
    return seconds;
  }
}
