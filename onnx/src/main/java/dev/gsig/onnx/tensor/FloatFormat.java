package dev.gsig.onnx.tensor;

/**
 * Floating numbers of 16 bits and fewer: a sign, an exponent and a mantissa, and what the largest
 * exponent means (IEEE 754; Micikevicius et al., "FP8 formats for deep learning", 2022; ONNX,
 * "Float stored in 8 bits").
 */
enum FloatFormat {
  FLOAT16(5, 10, 15, Top.INFINITY),
  BFLOAT16(8, 7, 127, Top.INFINITY),
  E5M2(5, 2, 15, Top.INFINITY),
  E4M3FN(4, 3, 7, Top.NAN_IF_FULL),
  E4M3FNUZ(4, 3, 8, Top.NAN_AT_MINUS_ZERO),
  E5M2FNUZ(5, 2, 16, Top.NAN_AT_MINUS_ZERO),
  E2M1(2, 1, 1, Top.NUMBER);

  /** What the largest exponent means. */
  private enum Top {
    /** Infinity, and NaN with any mantissa. */
    INFINITY,
    /** A number, but with a mantissa of ones NaN. */
    NAN_IF_FULL,
    /** A number; NaN stands where minus zero would. */
    NAN_AT_MINUS_ZERO,
    /** A number. */
    NUMBER
  }

  private final int exponentBits;
  private final int mantissaBits;
  private final int bias;
  private final Top top;

  FloatFormat(int exponentBits, int mantissaBits, int bias, Top top) {
    this.exponentBits = exponentBits;
    this.mantissaBits = mantissaBits;
    this.bias = bias;
    this.top = top;
  }

  int bits() {
    return 1 + exponentBits + mantissaBits;
  }

  private double largest() {
    int last = (1 << exponentBits) - (top == Top.INFINITY ? 2 : 1);
    int full = (1 << mantissaBits) - (top == Top.NAN_IF_FULL ? 2 : 1);
    return value(last, full);
  }

  private double value(int exponent, int mantissa) {
    int hidden = exponent == 0 ? 0 : 1 << mantissaBits;
    return Math.scalb((double) (hidden + mantissa), Math.max(exponent, 1) - bias - mantissaBits);
  }

  /** The value of such bits. */
  double decode(int raw) {
    int mantissa = raw & ((1 << mantissaBits) - 1);
    int exponent = (raw >> mantissaBits) & ((1 << exponentBits) - 1);
    boolean negative = (raw >> (exponentBits + mantissaBits) & 1) != 0;
    boolean last = exponent == (1 << exponentBits) - 1;
    double value = value(exponent, mantissa);
    switch (top) {
      case INFINITY -> {
        if (last) {
          value = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        }
      }
      case NAN_IF_FULL -> {
        if (last && mantissa == (1 << mantissaBits) - 1) {
          value = Double.NaN;
        }
      }
      case NAN_AT_MINUS_ZERO -> {
        if (negative && value == 0) {
          value = Double.NaN;
        }
      }
      case NUMBER -> {}
    }
    return negative ? -value : value;
  }

  /** The nearest value of this format, of two the even one. */
  double round(double x, boolean saturate) {
    double largest = largest();
    if (Double.isNaN(x)) {
      return top == Top.NUMBER ? 0 : x;
    }
    double size = Math.abs(x);
    double rounded = size;
    if (!Double.isInfinite(size)) {
      int unit = Math.max(Math.getExponent(size), 1 - bias) - mantissaBits;
      rounded = Math.scalb(Math.rint(Math.scalb(size, -unit)), unit);
    }
    if (rounded > largest) {
      boolean clip = saturate || top == Top.NUMBER;
      rounded = clip ? largest : top == Top.INFINITY ? Double.POSITIVE_INFINITY : Double.NaN;
    }
    if (rounded == 0 && top == Top.NAN_AT_MINUS_ZERO) {
      return 0;
    }
    return Math.copySign(rounded, x);
  }
}
