package dev.gsig.tensor.simd;

import static dev.gsig.tensor.simd.ScalarMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath}, operation for operation, on eight lanes. */
final class VectorMath {
  static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

  private VectorMath() {}

  static FloatVector all(float x) {
    return FloatVector.broadcast(S, x);
  }

  static FloatVector expOfNegative(FloatVector x) {
    FloatVector t = x.fma(all(LOG2E), all(ROUND));
    FloatVector p = expPolynomial(x, t.sub(ROUND));
    FloatVector y =
        p.reinterpretAsInts()
            .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
            .reinterpretAsFloats();
    return y.blend(0f, x.compare(VectorOperators.LT, EXP_UNDERFLOW));
  }

  static FloatVector exp(FloatVector x) {
    FloatVector t = x.fma(all(LOG2E), all(ROUND));
    FloatVector p = expPolynomial(x, t.sub(ROUND));
    IntVector n = t.reinterpretAsInts().sub(ROUND_BITS);
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
    FloatVector r = n.fma(all(LN2_LOW), n.fma(all(LN2_HIGH), x));
    FloatVector q = r.fma(all(E4), all(E3));
    q = q.fma(r, all(E2));
    q = q.fma(r, all(E1));
    q = q.fma(r, all(E0));
    return q.fma(r.mul(r), r).add(1f);
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(10f, a.compare(VectorOperators.GT, 10f));
    FloatVector z = a.add(a);
    FloatVector t = z.fma(all(LOG2E), all(ROUND));
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(all(LN2_LOW), n.fma(all(LN2_HIGH), z));
    FloatVector q = r.fma(all(M4), all(M3));
    q = q.fma(r, all(M2));
    q = q.fma(r, all(M1));
    q = q.fma(r, all(E0));
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
    return all(1f).div(exp(x.neg()).add(1f));
  }

  static FloatVector gauss(FloatVector a) {
    FloatVector h = a.mul(a);
    FloatVector low = a.fma(a, h.neg());
    FloatVector s = h.mul(-0.5f);
    FloatVector e = expOfNegative(s);
    e = e.fma(low.mul(-0.5f), e);
    return e.blend(0f, s.compare(VectorOperators.LT, EXP_UNDERFLOW));
  }

  static FloatVector tailRatio(FloatVector a) {
    FloatVector t = all(1f).div(a.fma(all(TAIL_STEP), all(1f)));
    FloatVector g = t.fma(all(T8), all(T7));
    g = g.fma(t, all(T6));
    g = g.fma(t, all(T5));
    g = g.fma(t, all(T4));
    g = g.fma(t, all(T3));
    g = g.fma(t, all(T2));
    g = g.fma(t, all(T1));
    return g.fma(t, all(T0));
  }

  static FloatVector normalCdf(FloatVector x, FloatVector gauss) {
    FloatVector q = tailRatio(x.abs()).mul(gauss);
    return all(1f).sub(q).blend(q, x.compare(VectorOperators.LT, 0f));
  }

  static FloatVector geluNewTanh(FloatVector x) {
    return tanh(x.mul(GELU_CUBIC).fma(x.mul(x), x).mul(SQRT_2_OVER_PI));
  }

  static FloatVector geluNewDerivative(FloatVector x, FloatVector t) {
    FloatVector inner = x.mul(3f * GELU_CUBIC).fma(x, all(1f)).mul(SQRT_2_OVER_PI);
    FloatVector flat = t.neg().fma(t, all(1f));
    FloatVector slope = flat.mul(inner).blend(0f, flat.compare(VectorOperators.EQ, 0f));
    return x.mul(0.5f).fma(slope, t.fma(all(0.5f), all(0.5f)));
  }
}
