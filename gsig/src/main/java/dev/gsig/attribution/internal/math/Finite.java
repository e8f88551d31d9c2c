package dev.gsig.attribution.internal.math;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;

/** Stops at the first number that is not finite. */
public final class Finite {
  private Finite() {}

  /** Whether so many values from one on are finite. */
  public static boolean are(double[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Double.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the values.
   *
   * @throws InvalidInputException naming the patient and the tensor if one is NaN or infinite
   */
  public static double[] require(String patient, String tensor, double[] values) {
    return require(patient, tensor, values, 0, values.length);
  }

  /**
   * Returns the values, of which some count.
   *
   * @param from the first of these
   * @param count how many
   * @throws InvalidInputException naming the patient and the tensor if one of these is NaN or
   *     infinite
   */
  public static double[] require(
      String patient, String tensor, double[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Double.isFinite(values[i])) {
        throw new InvalidInputException(
            "patient "
                + Json.quote(patient)
                + ": "
                + tensor
                + " is "
                + values[i]
                + " at index "
                + (i - from)
                + "; the weights or the tabular values are too large for this precision,"
                + " look at their size or try the float64 backend ejml");
      }
    }
    return values;
  }
}
