package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;

/** Stops at the first number that is not finite. */
final class Finite {
  private Finite() {}

  /**
   * Returns the values.
   *
   * @throws InvalidInputException naming the patient and the tensor if one is NaN or infinite
   */
  static double[] require(String patient, String tensor, double[] values) {
    return require(patient, tensor, values, values.length);
  }

  /**
   * Returns the values, of which the first {@code count} count.
   *
   * @throws InvalidInputException naming the patient and the tensor if one of these is NaN or
   *     infinite
   */
  static double[] require(String patient, String tensor, double[] values, int count) {
    for (int i = 0; i < count; i++) {
      if (!Double.isFinite(values[i])) {
        throw new InvalidInputException(
            "patient "
                + Json.quote(patient)
                + ": "
                + tensor
                + " is "
                + values[i]
                + " at index "
                + i
                + "; the weights or the tabular values are too large for this precision,"
                + " look at their size or try the float64 backend ejml");
      }
    }
    return values;
  }
}
