package dev.gsig.tensor.internal.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath}, operation for operation, on eight or sixteen lanes. */
final class VectorMath {
  /** The widest that the processor has, up to a panel row. */
  static final VectorSpecies<Float> S =
      FloatVector.SPECIES_PREFERRED.length() >= SimdTensor.LANES
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_256;

  // Broadcast where they are used, so many constants would exhaust the compiler's budget for
  // inlining, and every vector of the loop would be boxed.
  private static final FloatVector ROUND = all(ScalarMath.ROUND);
  private static final FloatVector LOG2E = all(ScalarMath.LOG2E);
  private static final FloatVector LN2_HIGH = all(ScalarMath.LN2_HIGH);
  private static final FloatVector LN2_LOW = all(ScalarMath.LN2_LOW);
  private static final FloatVector E0 = all(ScalarMath.E0);
  private static final FloatVector E1 = all(ScalarMath.E1);
  private static final FloatVector E2 = all(ScalarMath.E2);
  private static final FloatVector E3 = all(ScalarMath.E3);
  private static final FloatVector E4 = all(ScalarMath.E4);
  private static final FloatVector M1 = all(ScalarMath.M1);
  private static final FloatVector M2 = all(ScalarMath.M2);
  private static final FloatVector M3 = all(ScalarMath.M3);
  private static final FloatVector M4 = all(ScalarMath.M4);
  private static final FloatVector T0 = all(ScalarMath.T0);
  private static final FloatVector T1 = all(ScalarMath.T1);
  private static final FloatVector T2 = all(ScalarMath.T2);
  private static final FloatVector T3 = all(ScalarMath.T3);
  private static final FloatVector T4 = all(ScalarMath.T4);
  private static final FloatVector T5 = all(ScalarMath.T5);
  private static final FloatVector T6 = all(ScalarMath.T6);
  private static final FloatVector T7 = all(ScalarMath.T7);
  private static final FloatVector T8 = all(ScalarMath.T8);
  private static final FloatVector TAIL_STEP = all(ScalarMath.TAIL_STEP);
  private static final FloatVector UNDERFLOW = all(ScalarMath.EXP_UNDERFLOW);
  private static final FloatVector GELU_CUBIC = all(ScalarMath.GELU_CUBIC);
  private static final FloatVector GELU_CUBIC_SLOPE = all(3f * ScalarMath.GELU_CUBIC);
  private static final FloatVector SQRT_2_OVER_PI = all(ScalarMath.SQRT_2_OVER_PI);
  static final FloatVector INV_SQRT_2PI = all(ScalarMath.INV_SQRT_2PI);
  private static final FloatVector ZERO = all(0f);
  static final FloatVector MINUS_HALF = all(-0.5f);
  static final FloatVector HALF = all(0.5f);
  static final FloatVector ONE = all(1f);
  private static final FloatVector TWO = all(2f);
  private static final FloatVector TEN = all(10f);

  private static final IntVector SIGN = all(-0f).reinterpretAsInts();
  private static final IntVector NO_SIGN = SIGN.not();
  private static final IntVector ONE_BITS = ONE.reinterpretAsInts();

  private VectorMath() {}

  static FloatVector all(float x) {
    return FloatVector.broadcast(S, x);
  }

  static FloatVector load(float[] a, int i) {
    return FloatVector.fromArray(S, a, i);
  }

  /** Integers in the order of the floats, and back; every NaN lies at one of the two ends. */
  static IntVector ordered(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    return bits.lanewise(VectorOperators.ASHR, 31).and(NO_SIGN).lanewise(VectorOperators.XOR, bits);
  }

  /** exp(x) for x &le; 0, to be {@link #flushed}. */
  static FloatVector expOfNegative(FloatVector x) {
    FloatVector t = x.fma(LOG2E, ROUND);
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, x));
    FloatVector q = r.fma(E4, E3);
    q = q.fma(r, E2);
    q = q.fma(r, E1);
    q = q.fma(r, E0);
    FloatVector p = q.fma(r.mul(r), r).add(ONE);
    return p.reinterpretAsInts()
        .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
        .reinterpretAsFloats();
  }

  /** y, or 0 where exp(x) is. */
  static FloatVector flushed(FloatVector y, FloatVector x) {
    return y.blend(ZERO, x.compare(VectorOperators.LT, UNDERFLOW));
  }

  static FloatVector exp(FloatVector x) {
    FloatVector t = x.fma(LOG2E, ROUND);
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, x));
    FloatVector q = r.fma(E4, E3);
    q = q.fma(r, E2);
    q = q.fma(r, E1);
    q = q.fma(r, E0);
    FloatVector p = q.fma(r.mul(r), r).add(ONE);
    IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS);
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    FloatVector y =
        p.reinterpretAsInts()
            .add(half.lanewise(VectorOperators.LSHL, 23))
            .reinterpretAsFloats()
            .mul(
                exponent
                    .sub(half)
                    .add(127)
                    .lanewise(VectorOperators.LSHL, 23)
                    .reinterpretAsFloats());
    y = y.blend(ZERO, x.compare(VectorOperators.LT, -104f));
    return y.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 88.8f));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(TEN, a.compare(VectorOperators.GT, TEN));
    FloatVector z = a.add(a);
    FloatVector t = z.fma(LOG2E, ROUND);
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, z));
    FloatVector q = r.fma(M4, M3);
    q = q.fma(r, M2);
    q = q.fma(r, M1);
    q = q.fma(r, E0);
    q = q.fma(r.mul(r), r);
    FloatVector s =
        t.reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .add(ONE_BITS)
            .reinterpretAsFloats();
    FloatVector e = s.fma(q, s.sub(ONE));
    return e.div(e.add(TWO))
        .reinterpretAsInts()
        .or(x.reinterpretAsInts().and(SIGN))
        .reinterpretAsFloats();
  }

  /** exp(-a^2/2) from {@code h = a^2} rounded and {@code e = exp(-h/2)}, to be {@link #flushed}. */
  static FloatVector gauss(FloatVector a, FloatVector h, FloatVector e) {
    FloatVector low = a.fma(a, h.neg());
    return e.fma(low.mul(MINUS_HALF), e);
  }

  static FloatVector tailRatio(FloatVector a) {
    FloatVector t = ONE.div(a.fma(TAIL_STEP, ONE));
    FloatVector g = t.fma(T8, T7);
    g = g.fma(t, T6);
    g = g.fma(t, T5);
    g = g.fma(t, T4);
    g = g.fma(t, T3);
    g = g.fma(t, T2);
    g = g.fma(t, T1);
    return g.fma(t, T0);
  }

  static FloatVector normalCdf(FloatVector x, FloatVector tailRatio, FloatVector gauss) {
    FloatVector q = tailRatio.mul(gauss);
    return ONE.sub(q).blend(q, x.compare(VectorOperators.LT, ZERO));
  }

  /** What GELU_NEW takes the tanh of. */
  static FloatVector geluNewInner(FloatVector x) {
    return x.mul(GELU_CUBIC).fma(x.mul(x), x).mul(SQRT_2_OVER_PI);
  }

  static FloatVector geluNewDerivative(FloatVector x, FloatVector t) {
    FloatVector inner = x.mul(GELU_CUBIC_SLOPE).fma(x, ONE).mul(SQRT_2_OVER_PI);
    FloatVector flat = t.neg().fma(t, ONE);
    FloatVector slope = flat.mul(inner).blend(ZERO, flat.compare(VectorOperators.EQ, ZERO));
    return x.mul(HALF).fma(slope, t.fma(HALF, HALF));
  }
}
