package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/** Comparison of results by their raw bits; all NaN count as one. */
final class Bits {
  private Bits() {}

  /** Requires the same bits in every entry. */
  static void assertSame(String what, double[] actual, double[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      boolean same =
          Double.doubleToRawLongBits(actual[i]) == Double.doubleToRawLongBits(expected[i])
              || (Double.isNaN(actual[i]) && Double.isNaN(expected[i]));
      if (!same) {
        fail("%s: entry %d is %s, expected the bits of %s", what, i, actual[i], expected[i]);
      }
    }
  }
}
