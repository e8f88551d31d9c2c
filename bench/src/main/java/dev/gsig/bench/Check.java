package dev.gsig.bench;

import java.util.Locale;
import java.util.Objects;

/**
 * Compares numbers with a reference in float64. The benchmarks do that before they measure, so that
 * no profiler sees it, and hold what they measured to the bits that passed.
 */
final class Check {
  /**
   * How far a float32 result may be from float64, relative to the largest entry; the parity tests
   * hold {@code simd} to the same.
   */
  static final double TOLERANCE = 1e-4;

  private Check() {}

  /**
   * Holds a measured result to the one that was compared with float64.
   *
   * @throws IllegalStateException if a bit differs
   */
  static void same(String what, Object measured, Object checked) {
    if (!Objects.deepEquals(measured, checked)) {
      throw new IllegalStateException(
          "wrong numbers: " + what + " changed between the check and the end of the measurement");
    }
  }

  /**
   * Holds a result to its reference.
   *
   * @throws IllegalStateException if the lengths differ, a number is not finite, or one deviates by
   *     more than {@code tolerance} times the largest entry of the reference
   */
  static void close(String what, double[] result, double[] reference, double tolerance) {
    if (result.length != reference.length) {
      throw new IllegalStateException(
          what + ": " + result.length + " numbers, not " + reference.length);
    }
    double largest = 0;
    for (double r : reference) {
      largest = Math.max(largest, Math.abs(r));
    }
    for (int i = 0; i < result.length; i++) {
      // Written so that NaN fails.
      if (!(Math.abs(result[i] - reference[i]) <= tolerance * largest)) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "wrong numbers: %s[%d] is %s, but float64 says %s (tolerance %.1e of %s)",
                what,
                i,
                result[i],
                reference[i],
                tolerance,
                largest));
      }
    }
  }
}
