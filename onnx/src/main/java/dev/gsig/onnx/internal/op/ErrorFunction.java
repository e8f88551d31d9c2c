package dev.gsig.onnx.internal.op;

/**
 * The error function in 53 bits: its series of positive terms near zero and the continued fraction
 * of its complement beyond (Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.6 and
 * 7.1.14).
 */
final class ErrorFunction {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  /** The series needs some 3 x^2 terms, the fraction the more the nearer to zero. */
  private static final double BORDER = 2.5;

  private ErrorFunction() {}

  static double slope(double x) {
    return TWO_OVER_SQRT_PI * StrictMath.exp(-x * x);
  }

  static double erf(double x) {
    double size = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    if (size > 6) {
      return Math.signum(x);
    }
    return size < BORDER ? series(x) : Math.copySign(1 - complement(size), x);
  }

  /** {@code 2 / sqrt(pi) exp(-x^2) sum_n 2^n x^(2n + 1) / (1 3 5 ... (2n + 1))}. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return slope(x) * sum;
  }

  /** {@code exp(-x^2) / sqrt(pi) 1 / (x + 1/2 / (x + 1 / (x + 3/2 / (x + ...))))}. */
  private static double complement(double x) {
    double fraction = x;
    for (int n = 60; n > 0; n--) {
      fraction = x + n / 2.0 / fraction;
    }
    return slope(x) / 2 / fraction;
  }
}
