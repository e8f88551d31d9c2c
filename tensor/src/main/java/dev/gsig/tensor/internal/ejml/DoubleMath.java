package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.Activation;

/** Activations and their derivatives in float64, to a few units in the last place. */
final class DoubleMath {
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  private DoubleMath() {}

  static double value(Activation act, double x) {
    return switch (act) {
      case RELU -> Math.max(0, x);
      case GELU -> x * normalCdf(x);
      case GELU_NEW -> 0.5 * x * (1 + StrictMath.tanh(geluArgument(x)));
      case TANH -> StrictMath.tanh(x);
      case SIGMOID -> sigmoid(x);
      case SILU -> x * sigmoid(x);
    };
  }

  static double derivative(Activation act, double x) {
    switch (act) {
      case RELU:
        return x > 0 ? 1 : 0;
      case GELU:
        return normalCdf(x) + x * StrictMath.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
      case GELU_NEW:
        double t = StrictMath.tanh(geluArgument(x));
        double inner = SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
        // where tanh is 1 the slope has vanished, even if inner overflows
        return 0.5 * (1 + t) + (t * t == 1 ? 0 : 0.5 * x * (1 - t * t) * inner);
      case TANH:
        double y = StrictMath.tanh(x);
        return 1 - y * y;
      case SIGMOID:
        double p = sigmoid(x);
        return p * (1 - p);
      case SILU:
        double s = sigmoid(x);
        return s * (1 + x * (1 - s));
      default:
        throw new AssertionError(act);
    }
  }

  static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  private static double geluArgument(double x) {
    return SQRT_2_OVER_PI * (x + CUBIC * x * x * x);
  }

  /** Standard normal distribution function, with full relative accuracy in the lower tail. */
  static double normalCdf(double x) {
    double tail = upperTail(Math.abs(x));
    return x < 0 ? tail : 1 - tail;
  }

  /** 1 - Phi(a) for a &ge; 0: the series of Phi below 2.5, the continued fraction above. */
  private static double upperTail(double a) {
    double density = StrictMath.exp(-0.5 * a * a) / Math.sqrt(2 * Math.PI);
    if (a < 2.5) {
      // Phi(a) - 1/2 = density * (a + a^3/3 + a^5/(3*5) + ...): every term is positive
      double term = a;
      double sum = a;
      for (int odd = 3; term > sum * 1e-17; odd += 2) {
        term *= a * a / odd;
        sum += term;
      }
      return 0.5 - density * sum;
    }
    // (1 - Phi(a)) / density = 1/(a + 1/(a + 2/(a + 3/(a + ...)))), from the inside out
    double fraction = 0;
    for (int k = a < 4 ? 200 : 80; k >= 1; k--) {
      fraction = k / (a + fraction);
    }
    return density / (a + fraction);
  }
}
