package dev.gsig.importer.internal.family;

import java.util.Map;

/**
 * Layers that turn a number t into a vector, {@code f(w t + b)}. What is done to the number in
 * front of them, {@code (t + shift) * scale}, goes into their weights: {@code w' = scale w} and
 * {@code b' = b + shift scale w}.
 */
public final class NumberLayers {
  private static final String AGE = "embeddings.age_embeddings";

  private NumberLayers() {}

  /**
   * Multiplies the age's layer by what the user says, {@code import.age_shift} and {@code
   * import.age_scale}.
   */
  public static void apply(Draft draft) {
    double shift = draft.options().shift("age_shift");
    double scale = draft.options().factor("age_scale");
    if (shift == 0 && scale == 1) {
      return;
    }
    Derived weight = draft.targets().get(AGE + ".weight");
    if (weight == null || !weight.isMatrix() || weight.columns() != 1) {
      throw draft
          .options()
          .wrong("age_" + (scale == 1 ? "shift" : "scale"), "left out: no layer reads an age");
    }
    fold(draft, AGE, shift, scale);
  }

  /** Puts {@code (t + shift) * scale} into a layer of the model folder. */
  static void fold(Draft draft, String layer, double shift, double scale) {
    Map<String, Derived> targets = draft.targets();
    Derived weight = targets.get(layer + ".weight");
    if (weight == null || (shift == 0 && scale == 1)) {
      return;
    }
    String how = " of (t + " + shift + ") * " + scale;
    Derived bias = targets.getOrDefault(layer + ".bias", Derived.zeros(weight.rows(), "no bias"));
    draft.replace(layer + ".bias", bias.plusProduct(how, weight, column -> shift * scale));
    draft.replace(layer + ".weight", weight.mapped(how, (value, row, column) -> value * scale));
  }
}
