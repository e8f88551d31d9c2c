package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.Fma.fma;

/**
 * exp, tanh, GELU and sigmoid in float32, each a fixed sequence of IEEE operations, so that {@link
 * VectorMath} can perform the very same on several lanes. Errors are at most a few units in the
 * last place. Coefficients: weighted least-squares fits iterated to the minimax error in float64,
 * then rounded to float32.
 */
final class ScalarMath {
  /** Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits. */
  static final float ROUND = 12582912f;

  static final int ROUND_BITS = 0x4B400000;
  static final float LOG2E = 1.44269504f;
  static final float LN2_HIGH = -0.693145751953125f;
  static final float LN2_LOW = -1.42860677e-6f;

  // e^r = 1 + r + r^2 (E0 + E1 r + ...), relative error 3e-9 for |r| <= ln(2)/2
  static final float E0 = 0.5f;
  static final float E1 = 0.1666652113199234f;
  static final float E2 = 0.04166838899254799f;
  static final float E3 = 0.00836874544620514f;
  static final float E4 = 0.0013814539415761828f;

  // the same form fitted for the relative error of e^r - 1
  static final float M1 = 0.1666654348373413f;
  static final float M2 = 0.04166720062494278f;
  static final float M3 = 0.008366547524929047f;
  static final float M4 = 0.0013882516650483012f;

  /** Below this, {@link #expOfNegative} is 0. */
  static final float EXP_UNDERFLOW = -87.33f;

  // 1 - Phi(a) = exp(-a^2/2) (T0 + T1 t + ...), t = 1 / (1 + 0.3 a), a >= 0
  static final float T0 = 7.372429536189884e-06f;
  static final float T1 = 0.11948420852422714f;
  static final float T2 = 0.12194526940584183f;
  static final float T3 = 0.0945858359336853f;
  static final float T4 = 0.1427653431892395f;
  static final float T5 = -0.07683976739645004f;
  static final float T6 = 0.22895188629627228f;
  static final float T7 = -0.16930751502513885f;
  static final float T8 = 0.038407403975725174f;
  static final float TAIL_STEP = 0.3f;
  static final float INV_SQRT_2PI = 0.3989422804f;

  static final float SQRT_2_OVER_PI = 0.7978845608f;
  static final float GELU_CUBIC = 0.044715f;

  private ScalarMath() {}

  /** exp(x) for x &le; 0, as softmax and the normal density need it; NaN stays NaN. */
  static float expOfNegative(float x) {
    float t = fma(x, LOG2E, ROUND);
    float p = expPolynomial(x, t - ROUND);
    float y = Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(t) << 23));
    return x < EXP_UNDERFLOW ? 0f : y;
  }

  /** exp(x) over the whole range. */
  static float exp(float x) {
    float t = fma(x, LOG2E, ROUND);
    float p = expPolynomial(x, t - ROUND);
    int n = Float.floatToRawIntBits(t) - ROUND_BITS;
    int half = n >> 1;
    // 2^n in two factors, so that neither overflows before the product does
    float y =
        Float.intBitsToFloat(Float.floatToRawIntBits(p) + (half << 23))
            * Float.intBitsToFloat((n - half + 127) << 23);
    y = x < -104f ? 0f : y;
    return x > 88.8f ? Float.POSITIVE_INFINITY : y;
  }

  private static float expPolynomial(float x, float n) {
    float r = fma(n, LN2_LOW, fma(n, LN2_HIGH, x));
    float q = fma(r, E4, E3);
    q = fma(q, r, E2);
    q = fma(q, r, E1);
    q = fma(q, r, E0);
    return fma(q, r * r, r) + 1f;
  }

  /** tanh(x) = e / (e + 2) with e = exp(2|x|) - 1, and the sign of x. */
  static float tanh(float x) {
    float a = Math.abs(x);
    a = a > 10f ? 10f : a;
    float z = a + a;
    float t = fma(z, LOG2E, ROUND);
    float n = t - ROUND;
    float r = fma(n, LN2_LOW, fma(n, LN2_HIGH, z));
    float q = fma(r, M4, M3);
    q = fma(q, r, M2);
    q = fma(q, r, M1);
    q = fma(q, r, E0);
    q = fma(q, r * r, r);
    float s = Float.intBitsToFloat((Float.floatToRawIntBits(t) << 23) + 0x3F800000);
    float e = fma(s, q, s - 1f);
    float y = e / (e + 2f);
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(y) | (Float.floatToRawIntBits(x) & 0x80000000));
  }

  /** 1 / (1 + exp(-x)). */
  static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  /** exp(-a^2/2), with the rounding error of a^2 put back. */
  static float gauss(float a) {
    float h = a * a;
    float low = fma(a, a, -h);
    float s = h * -0.5f;
    float e = expOfNegative(s);
    e = fma(e, low * -0.5f, e);
    return s < EXP_UNDERFLOW ? 0f : e;
  }

  /** (1 - Phi(a)) / exp(-a^2/2) for a &ge; 0. */
  static float tailRatio(float a) {
    float t = 1f / fma(a, TAIL_STEP, 1f);
    float g = fma(t, T8, T7);
    g = fma(g, t, T6);
    g = fma(g, t, T5);
    g = fma(g, t, T4);
    g = fma(g, t, T3);
    g = fma(g, t, T2);
    g = fma(g, t, T1);
    return fma(g, t, T0);
  }

  /** Phi(x), given {@code gauss(|x|)}. */
  static float normalCdf(float x, float gauss) {
    float q = tailRatio(Math.abs(x)) * gauss;
    return x < 0f ? q : 1f - q;
  }

  /** tanh of the argument that GELU's approximation uses. */
  static float geluNewTanh(float x) {
    return tanh(SQRT_2_OVER_PI * fma(GELU_CUBIC * x, x * x, x));
  }

  /** Derivative of the approximate GELU, given {@code t = geluNewTanh(x)}. */
  static float geluNewDerivative(float x, float t) {
    float inner = SQRT_2_OVER_PI * fma(3f * GELU_CUBIC * x, x, 1f);
    float flat = fma(-t, t, 1f);
    // 0 also where inner overflows
    float slope = flat == 0f ? 0f : flat * inner;
    return fma(0.5f * x, slope, fma(0.5f, t, 0.5f));
  }
}
