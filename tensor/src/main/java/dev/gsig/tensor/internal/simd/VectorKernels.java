package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;
import static dev.gsig.tensor.internal.simd.VectorMath.HALF;
import static dev.gsig.tensor.internal.simd.VectorMath.INV_SQRT_2PI;
import static dev.gsig.tensor.internal.simd.VectorMath.MINUS_HALF;
import static dev.gsig.tensor.internal.simd.VectorMath.ONE;
import static dev.gsig.tensor.internal.simd.VectorMath.S;
import static dev.gsig.tensor.internal.simd.VectorMath.all;
import static dev.gsig.tensor.internal.simd.VectorMath.load;

import dev.gsig.tensor.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link PanelKernels} on the Vector API: a panel row is one vector of 16 lanes or two of 8, as the
 * processor has them. The products, which must be cut to its registers, are in {@link
 * VectorKernels256} and {@link VectorKernels512}.
 *
 * <p>The compiler C2 keeps vectors in registers where it knows their class when it reads the
 * method. Of what a loop carries it does not: an operation called on that is a virtual call unless
 * a profile tells the class, and a busy JVM compiles without one (tier 2 in place of 3). The
 * operation is then called for good, and boxes all its vectors. So what a loop carries is only ever
 * an argument: {@code v.add(sum)}, not {@code sum.add(v)}. For the same reason a loop calls the
 * functions of {@link VectorMath} itself, and they call none of each other.
 */
abstract class VectorKernels implements PanelKernels {
  private static final int STEP = S.length();

  @Override
  public void lanesTimesRows1(
      int k, float[] a, int a0, float[] b, int b0, float[] start, int start0, float[] y, int y0) {
    for (int lane = 0; lane < LANES; lane += STEP) {
      FloatVector sum = load(start, start0 + lane);
      for (int p = 0; p < k; p++) {
        sum = all(a[a0 + p * 16]).fma(load(b, b0 + lane + p * 16), sum);
      }
      sum.intoArray(y, y0 + lane);
    }
  }

  @Override
  public void rowsTimesRows1(
      int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    for (int lane = 0; lane < LANES; lane += STEP) {
      FloatVector sum = FloatVector.zero(S);
      for (int p = 0; p < n; p++) {
        float f = a[a0 + (p >> 4) * aStep + (p & 15)];
        sum = all(f).fma(load(b, b0 + lane + p * 16), sum);
      }
      sum.intoArray(y, y0 + lane);
    }
  }

  @Override
  public void softmax(
      float[] s,
      int s0,
      int n,
      float scale,
      int unmasked,
      float maskValue,
      float[] statistics,
      int t0) {
    for (int lane = 0; lane < LANES; lane += STEP) {
      maskedMaximum(s, s0 + lane, n, scale, unmasked, maskValue, statistics, t0 + lane);
      exponentials(s, s0 + lane, n, statistics, t0 + lane);
      quotients(s, s0 + lane, n, statistics, t0 + LANES + lane);
    }
  }

  @Override
  public void softmaxAgain(
      float[] s,
      int s0,
      int n,
      float scale,
      int unmasked,
      float maskValue,
      float[] statistics,
      int t0) {
    for (int lane = 0; lane < LANES; lane += STEP) {
      FloatVector max = load(statistics, t0 + lane);
      FloatVector reciprocal = load(statistics, t0 + LANES + lane);
      for (int j = 0; j < n; j++) {
        int i = s0 + lane + j * 16;
        FloatVector v = load(s, i).mul(scale).add(j < unmasked ? 0f : maskValue).sub(max);
        VectorMath.flushed(VectorMath.expOfNegative(v), v).mul(reciprocal).intoArray(s, i);
      }
    }
  }

  // The passes hand their result on in memory: a vector that lives in two loops of one method is an
  // object in each of their rounds.

  /**
   * s = masked s, and the largest to t0; by its bits, for float comparisons would be one long chain
   * of latencies.
   */
  private static void maskedMaximum(
      float[] s,
      int s0,
      int n,
      float scale,
      int unmasked,
      float maskValue,
      float[] statistics,
      int t0) {
    IntVector least = VectorMath.ordered(all(Float.NEGATIVE_INFINITY));
    IntVector most = least;
    for (int j = 0; j < n; j++) {
      FloatVector v = load(s, s0 + j * 16).mul(scale).add(j < unmasked ? 0f : maskValue);
      v.intoArray(s, s0 + j * 16);
      most = VectorMath.ordered(v).max(most);
    }
    VectorMath.ordered(least.max(most).reinterpretAsFloats())
        .reinterpretAsFloats()
        .intoArray(statistics, t0);
  }

  /** s = exp(s - what is at t0), and 1 / their sum a panel row further. */
  private static void exponentials(float[] s, int s0, int n, float[] statistics, int t0) {
    FloatVector max = load(statistics, t0);
    FloatVector sum = FloatVector.zero(S);
    for (int j = 0; j < n; j++) {
      FloatVector v = load(s, s0 + j * 16).sub(max);
      FloatVector e = VectorMath.flushed(VectorMath.expOfNegative(v), v);
      sum = e.add(sum);
      e.intoArray(s, s0 + j * 16);
    }
    ONE.div(sum).intoArray(statistics, t0 + LANES);
  }

  /** s = s times what is at t0. */
  private static void quotients(float[] s, int s0, int n, float[] statistics, int t0) {
    FloatVector reciprocal = load(statistics, t0);
    for (int j = 0; j < n; j++) {
      load(s, s0 + j * 16).mul(reciprocal).intoArray(s, s0 + j * 16);
    }
  }

  @Override
  public void narrow(float[] s, int s0, int first, int n, float scale, float slope, float[] lanes) {
    for (int lane = 0; lane < LANES; lane += STEP) {
      FloatVector from = load(lanes, lane);
      FloatVector to = load(lanes, LANES + lane);
      FloatVector position = load(lanes, 2 * LANES + lane);
      FloatVector fall = all(-slope);
      for (int j = 0; j < n; j++) {
        FloatVector key = all((float) (first + j));
        FloatVector v = load(s, s0 + lane + j * 16).mul(scale);
        fall.fma(position.sub(key).abs(), v)
            .blend(Float.NEGATIVE_INFINITY, key.compare(VectorOperators.LT, from))
            .blend(Float.NEGATIVE_INFINITY, key.compare(VectorOperators.GE, to))
            .intoArray(s, s0 + lane + j * 16);
      }
    }
  }

  @Override
  public void softmaxBackward(float[] p, int p0, float[] g, int g0, int n, float scale) {
    for (int lane = 0; lane < LANES; lane += STEP) {
      softmaxBackwardLanes(p, p0 + lane, g, g0 + lane, n, scale);
    }
  }

  private static void softmaxBackwardLanes(
      float[] p, int p0, float[] g, int g0, int n, float scale) {
    FloatVector even = FloatVector.zero(S);
    FloatVector odd = even;
    int pairs = n & ~1;
    for (int j = 0; j < pairs; j += 2) {
      even = load(p, p0 + j * 16).fma(load(g, g0 + j * 16), even);
      odd = load(p, p0 + j * 16 + 16).fma(load(g, g0 + j * 16 + 16), odd);
    }
    if (pairs < n) {
      even = load(p, p0 + pairs * 16).fma(load(g, g0 + pairs * 16), even);
    }
    FloatVector dot = ONE.fma(even, odd);
    for (int j = 0; j < n; j++) {
      load(g, g0 + j * 16).sub(dot).mul(load(p, p0 + j * 16)).mul(scale).intoArray(g, g0 + j * 16);
    }
  }

  @Override
  public void layerNorm(
      int d,
      boolean centred,
      float[] x,
      int x0,
      float[] residual,
      int r0,
      float[] gamma,
      float[] beta,
      float epsilon,
      float[] y,
      int y0,
      float[] normalized,
      int n0,
      float[] reciprocalDeviation,
      int d0) {
    float perFeature = 1f / d;
    float centring = centred ? perFeature : 0f;
    for (int lane = 0; lane < LANES; lane += STEP) {
      FloatVector sum = FloatVector.zero(S);
      int n = n0 + lane;
      if (residual == null) {
        for (int c = 0; c < d; c++) {
          FloatVector v = load(x, x0 + lane + c * 16);
          sum = v.add(sum);
          v.intoArray(normalized, n + c * 16);
        }
      } else {
        for (int c = 0; c < d; c++) {
          FloatVector v = load(x, x0 + lane + c * 16).add(load(residual, r0 + lane + c * 16));
          sum = v.add(sum);
          v.intoArray(normalized, n + c * 16);
        }
      }
      FloatVector mean = all(centring).mul(sum);
      FloatVector rest = FloatVector.zero(S);
      FloatVector squares = rest;
      for (int c = 0; c < d; c++) {
        FloatVector away = load(normalized, n + c * 16).sub(mean);
        rest = away.add(rest);
        squares = away.fma(away, squares);
      }
      FloatVector shift = all(centring).mul(rest);
      mean = mean.add(shift);
      FloatVector variance = shift.neg().fma(shift, all(perFeature).mul(squares));
      variance = variance.blend(0f, variance.compare(VectorOperators.LT, 0f));
      FloatVector rd = ONE.div(variance.add(epsilon).lanewise(VectorOperators.SQRT));
      // squares beyond float32 must not turn a row into beta: 1 / infinity would be 0
      rd = rd.blend(Float.NaN, variance.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
      rd.intoArray(reciprocalDeviation, d0 + lane);
      for (int c = 0; c < d; c++) {
        FloatVector v = load(normalized, n + c * 16).sub(mean).mul(rd);
        v.intoArray(normalized, n + c * 16);
        v.fma(all(gamma[c]), all(beta[c])).intoArray(y, y0 + lane + c * 16);
      }
    }
  }

  @Override
  public void layerNormBackward(
      int d,
      boolean centred,
      float[] gy,
      int g0,
      float[] gamma,
      float[] normalized,
      int n0,
      float[] reciprocalDeviation,
      int d0,
      float[] gs,
      int s0) {
    float perFeature = 1f / d;
    float centring = centred ? perFeature : 0f;
    for (int lane = 0; lane < LANES; lane += STEP) {
      FloatVector sum = FloatVector.zero(S);
      FloatVector projection = sum;
      int g = g0 + lane;
      int n = n0 + lane;
      for (int c = 0; c < d; c++) {
        FloatVector u = load(gy, g + c * 16).mul(gamma[c]);
        sum = u.add(sum);
        projection = u.fma(load(normalized, n + c * 16), projection);
      }
      FloatVector mean = all(centring).mul(sum).neg();
      FloatVector slope = all(perFeature).mul(projection).neg();
      FloatVector rd = load(reciprocalDeviation, d0 + lane);
      for (int c = 0; c < d; c++) {
        FloatVector u = load(gy, g + c * 16).fma(all(gamma[c]), mean);
        load(normalized, n + c * 16).fma(slope, u).mul(rd).intoArray(gs, s0 + lane + c * 16);
      }
    }
  }

  @Override
  public void activation(
      Activation act, float[] x, float[] y, float[] derivative, int from, int n) {
    switch (act) {
      case RELU -> relu(x, y, derivative, from, n);
      case GELU -> gelu(x, y, derivative, from, n);
      case GELU_NEW -> geluNew(x, y, derivative, from, n);
      case TANH -> tanh(x, y, derivative, from, n);
      case SIGMOID -> sigmoid(x, y, derivative, from, n);
      case SILU -> silu(x, y, derivative, from, n);
    }
  }

  private static void relu(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      if (derivative != null) {
        FloatVector.zero(S).blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(derivative, i);
      }
      v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, i);
    }
  }

  // A method of more than about 45 vector operations is too much for the compiler: the last ones
  // would be boxed. GELU with its derivative takes two.

  private static void gelu(float[] x, float[] y, float[] derivative, int from, int n) {
    if (derivative == null) {
      geluValues(x, y, from, n);
    } else {
      gauss(x, derivative, from, n);
      geluOfGauss(x, y, derivative, from, n);
    }
  }

  private static void geluValues(float[] x, float[] y, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      FloatVector a = v.abs();
      FloatVector h = a.mul(a);
      FloatVector s = h.mul(MINUS_HALF);
      FloatVector gauss =
          VectorMath.flushed(VectorMath.gauss(a, h, VectorMath.expOfNegative(s)), s);
      v.mul(VectorMath.normalCdf(v, VectorMath.tailRatio(a), gauss)).intoArray(y, i);
    }
  }

  private static void gauss(float[] x, float[] gauss, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector a = load(x, i).abs();
      FloatVector h = a.mul(a);
      FloatVector s = h.mul(MINUS_HALF);
      VectorMath.flushed(VectorMath.gauss(a, h, VectorMath.expOfNegative(s)), s)
          .intoArray(gauss, i);
    }
  }

  /** derivative holds the Gauss function before. */
  private static void geluOfGauss(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      FloatVector gauss = load(derivative, i);
      FloatVector phi = VectorMath.normalCdf(v, VectorMath.tailRatio(v.abs()), gauss);
      v.mul(phi).intoArray(y, i);
      gauss.mul(INV_SQRT_2PI).fma(v, phi).intoArray(derivative, i);
    }
  }

  private static void geluNew(float[] x, float[] y, float[] derivative, int from, int n) {
    if (derivative == null) {
      geluNewValues(x, y, from, n);
    } else {
      geluNewTanh(x, derivative, from, n);
      geluNewOfTanh(x, y, derivative, from, n);
    }
  }

  private static void geluNewValues(float[] x, float[] y, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      FloatVector t = VectorMath.tanh(VectorMath.geluNewInner(v));
      v.mul(HALF).mul(t.add(ONE)).intoArray(y, i);
    }
  }

  private static void geluNewTanh(float[] x, float[] tanh, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      VectorMath.tanh(VectorMath.geluNewInner(load(x, i))).intoArray(tanh, i);
    }
  }

  /** derivative holds the tanh before. */
  private static void geluNewOfTanh(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      FloatVector t = load(derivative, i);
      v.mul(HALF).mul(t.add(ONE)).intoArray(y, i);
      VectorMath.geluNewDerivative(v, t).intoArray(derivative, i);
    }
  }

  private static void tanh(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector t = VectorMath.tanh(load(x, i));
      t.intoArray(y, i);
      if (derivative != null) {
        t.neg().fma(t, ONE).intoArray(derivative, i);
      }
    }
  }

  private static void sigmoid(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector s = ONE.div(VectorMath.exp(load(x, i).neg()).add(ONE));
      s.intoArray(y, i);
      if (derivative != null) {
        s.mul(ONE.sub(s)).intoArray(derivative, i);
      }
    }
  }

  private static void silu(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      FloatVector s = ONE.div(VectorMath.exp(v.neg()).add(ONE));
      v.mul(s).intoArray(y, i);
      if (derivative != null) {
        s.mul(v.fma(ONE.sub(s), ONE)).intoArray(derivative, i);
      }
    }
  }

  @Override
  public void rotate(
      int pairs, float sign, float[] turns, int t0, float[] y, int y0, int step, int apart) {
    for (int i = 0; i < pairs; i++) {
      for (int lane = 0; lane < LANES; lane += STEP) {
        int p = y0 + i * step + lane;
        FloatVector cos = load(turns, t0 + i * LANES + lane);
        FloatVector sin = load(turns, t0 + (pairs + i) * LANES + lane).mul(sign);
        FloatVector a = load(y, p);
        FloatVector b = load(y, p + apart);
        a.fma(cos, b.mul(sin).neg()).intoArray(y, p);
        b.fma(cos, a.mul(sin)).intoArray(y, p + apart);
      }
    }
  }

  @Override
  public void multiply(float[] a, float[] b, float[] y, int n, boolean accumulate) {
    if (accumulate) {
      for (int i = 0; i < n; i += STEP) {
        load(a, i).fma(load(b, i), load(y, i)).intoArray(y, i);
      }
    } else {
      for (int i = 0; i < n; i += STEP) {
        load(a, i).mul(load(b, i)).intoArray(y, i);
      }
    }
  }

  @Override
  public void add(float[] a, int a0, float[] b, int b0, float[] y, int y0, int n) {
    for (int i = 0; i < n; i += STEP) {
      load(a, a0 + i).add(load(b, b0 + i)).intoArray(y, y0 + i);
    }
  }

  @Override
  public void axpy(float w, float[] x, int x0, float[] y, int n) {
    FloatVector f = all(w);
    for (int i = 0; i < n; i += STEP) {
      f.fma(load(x, x0 + i), load(y, i)).intoArray(y, i);
    }
  }

  @Override
  public void lerp(float alpha, float[] start, float[] end, float[] y, int y0, int n) {
    FloatVector f = all(alpha);
    for (int i = 0; i < n; i += STEP) {
      FloatVector s = load(start, i);
      f.fma(load(end, i).sub(s), s).intoArray(y, y0 + i);
    }
  }
}
