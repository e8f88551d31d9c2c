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
  private static final FloatVector ONE = all(1f);

  private VectorMath() {}

  static FloatVector all(float x) {
    return FloatVector.broadcast(S, x);
  }

  /** Integers in the order of the floats; every NaN lies at one of the two ends. */
  static IntVector ordered(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    return bits.lanewise(VectorOperators.ASHR, 31)
        .and(0x7FFFFFFF)
        .lanewise(VectorOperators.XOR, bits);
  }

  /** The inverse of {@link #ordered}, which is its own. */
  static FloatVector fromOrdered(IntVector x) {
    return ordered(x.reinterpretAsFloats()).reinterpretAsFloats();
  }

  static FloatVector expOfNegative(FloatVector x) {
    FloatVector t = x.fma(LOG2E, ROUND);
    FloatVector p = expPolynomial(x, t.sub(ScalarMath.ROUND));
    FloatVector y =
        p.reinterpretAsInts()
            .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
            .reinterpretAsFloats();
    return y.blend(0f, x.compare(VectorOperators.LT, ScalarMath.EXP_UNDERFLOW));
  }

  static FloatVector exp(FloatVector x) {
    FloatVector t = x.fma(LOG2E, ROUND);
    FloatVector p = expPolynomial(x, t.sub(ScalarMath.ROUND));
    IntVector n = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS);
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    FloatVector y =
        p.reinterpretAsInts()
            .add(half.lanewise(VectorOperators.LSHL, 23))
            .reinterpretAsFloats()
            .mul(n.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
    y = y.blend(0f, x.compare(VectorOperators.LT, -104f));
    return y.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 88.8f));
  }

  private static FloatVector expPolynomial(FloatVector x, FloatVector n) {
    FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, x));
    FloatVector q = r.fma(E4, E3);
    q = q.fma(r, E2);
    q = q.fma(r, E1);
    q = q.fma(r, E0);
    return q.fma(r.mul(r), r).add(1f);
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(10f, a.compare(VectorOperators.GT, 10f));
    FloatVector z = a.add(a);
    FloatVector t = z.fma(LOG2E, ROUND);
    FloatVector n = t.sub(ScalarMath.ROUND);
    FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, z));
    FloatVector q = r.fma(M4, M3);
    q = q.fma(r, M2);
    q = q.fma(r, M1);
    q = q.fma(r, E0);
    q = q.fma(r.mul(r), r);
    FloatVector s =
        t.reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .add(0x3F800000)
            .reinterpretAsFloats();
    FloatVector e = s.fma(q, s.sub(1f));
    return e.div(e.add(2f))
        .reinterpretAsInts()
        .or(x.reinterpretAsInts().and(0x80000000))
        .reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(exp(x.neg()).add(1f));
  }

  static FloatVector gauss(FloatVector a) {
    FloatVector h = a.mul(a);
    FloatVector low = a.fma(a, h.neg());
    FloatVector s = h.mul(-0.5f);
    FloatVector e = expOfNegative(s);
    e = e.fma(low.mul(-0.5f), e);
    return e.blend(0f, s.compare(VectorOperators.LT, ScalarMath.EXP_UNDERFLOW));
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

  static FloatVector normalCdf(FloatVector x, FloatVector gauss) {
    FloatVector q = tailRatio(x.abs()).mul(gauss);
    return ONE.sub(q).blend(q, x.compare(VectorOperators.LT, 0f));
  }

  static FloatVector geluNewTanh(FloatVector x) {
    return tanh(x.mul(ScalarMath.GELU_CUBIC).fma(x.mul(x), x).mul(ScalarMath.SQRT_2_OVER_PI));
  }

  static FloatVector geluNewDerivative(FloatVector x, FloatVector t) {
    FloatVector inner =
        x.mul(3f * ScalarMath.GELU_CUBIC).fma(x, ONE).mul(ScalarMath.SQRT_2_OVER_PI);
    FloatVector flat = t.neg().fma(t, ONE);
    FloatVector slope = flat.mul(inner).blend(0f, flat.compare(VectorOperators.EQ, 0f));
    return x.mul(0.5f).fma(slope, t.fma(all(0.5f), all(0.5f)));
  }
}
