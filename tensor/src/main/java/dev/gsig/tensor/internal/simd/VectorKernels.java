package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;
import static dev.gsig.tensor.internal.simd.VectorMath.S;
import static dev.gsig.tensor.internal.simd.VectorMath.all;

import dev.gsig.tensor.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link PanelKernels} on the Vector API: a panel row is one vector of 16 lanes or two of 8, as the
 * processor has them. The products, which must be cut to its registers, are in {@link
 * VectorKernels256} and {@link VectorKernels512}.
 */
abstract class VectorKernels implements PanelKernels {
  private static final int STEP = S.length();

  static FloatVector load(float[] a, int i) {
    return FloatVector.fromArray(S, a, i);
  }

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
      float[] s, int s0, int n, float scale, int unmasked, float maskValue, float[] row) {
    for (int lane = 0; lane < LANES; lane += STEP) {
      maskedMaximum(s, s0 + lane, n, scale, unmasked, maskValue, row);
      exponentials(s, s0 + lane, n, scale, unmasked, maskValue, row);
      quotients(s, s0 + lane, n, row);
    }
  }

  // The passes hand their result on in memory: a vector that lives in two loops of one method is an
  // object in each of their rounds.

  /** row = the largest; by its bits, for float comparisons would be one long chain of latencies. */
  private static void maskedMaximum(
      float[] s, int s0, int n, float scale, int unmasked, float maskValue, float[] row) {
    IntVector most = VectorMath.ordered(all(Float.NEGATIVE_INFINITY));
    for (int j = 0; j < n; j++) {
      FloatVector v = load(s, s0 + j * 16).mul(scale).add(j < unmasked ? 0f : maskValue);
      most = most.max(VectorMath.ordered(v));
    }
    VectorMath.fromOrdered(most).intoArray(row, 0);
  }

  /** s = exp(masked s - row), row = their sum. */
  private static void exponentials(
      float[] s, int s0, int n, float scale, int unmasked, float maskValue, float[] row) {
    FloatVector max = load(row, 0);
    FloatVector sum = FloatVector.zero(S);
    for (int j = 0; j < n; j++) {
      FloatVector v = load(s, s0 + j * 16).mul(scale).add(j < unmasked ? 0f : maskValue);
      FloatVector e = VectorMath.expOfNegative(v.sub(max));
      sum = sum.add(e);
      e.intoArray(s, s0 + j * 16);
    }
    sum.intoArray(row, 0);
  }

  /** s = s / row. */
  private static void quotients(float[] s, int s0, int n, float[] row) {
    FloatVector reciprocal = all(1f).div(load(row, 0));
    for (int j = 0; j < n; j++) {
      load(s, s0 + j * 16).mul(reciprocal).intoArray(s, s0 + j * 16);
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
    FloatVector dot = even.add(odd);
    for (int j = 0; j < n; j++) {
      load(g, g0 + j * 16).sub(dot).mul(load(p, p0 + j * 16)).mul(scale).intoArray(g, g0 + j * 16);
    }
  }

  @Override
  public void layerNorm(
      int d,
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
    for (int lane = 0; lane < LANES; lane += STEP) {
      FloatVector sum = FloatVector.zero(S);
      int n = n0 + lane;
      if (residual == null) {
        for (int c = 0; c < d; c++) {
          FloatVector v = load(x, x0 + lane + c * 16);
          sum = sum.add(v);
          v.intoArray(normalized, n + c * 16);
        }
      } else {
        for (int c = 0; c < d; c++) {
          FloatVector v = load(x, x0 + lane + c * 16).add(load(residual, r0 + lane + c * 16));
          sum = sum.add(v);
          v.intoArray(normalized, n + c * 16);
        }
      }
      FloatVector mean = sum.mul(perFeature);
      FloatVector rest = FloatVector.zero(S);
      FloatVector squares = rest;
      for (int c = 0; c < d; c++) {
        FloatVector centred = load(normalized, n + c * 16).sub(mean);
        rest = rest.add(centred);
        squares = centred.fma(centred, squares);
      }
      FloatVector shift = rest.mul(perFeature);
      mean = mean.add(shift);
      FloatVector variance = shift.neg().fma(shift, squares.mul(perFeature));
      variance = variance.blend(0f, variance.compare(VectorOperators.LT, 0f));
      FloatVector rd = all(1f).div(variance.add(epsilon).lanewise(VectorOperators.SQRT));
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
    for (int lane = 0; lane < LANES; lane += STEP) {
      FloatVector sum = FloatVector.zero(S);
      FloatVector projection = sum;
      int g = g0 + lane;
      int n = n0 + lane;
      for (int c = 0; c < d; c++) {
        FloatVector u = load(gy, g + c * 16).mul(gamma[c]);
        sum = sum.add(u);
        projection = u.fma(load(normalized, n + c * 16), projection);
      }
      FloatVector mean = sum.mul(perFeature).neg();
      FloatVector slope = projection.mul(perFeature).neg();
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

  private static void gelu(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      FloatVector gauss = VectorMath.gauss(v.abs());
      FloatVector phi = VectorMath.normalCdf(v, gauss);
      v.mul(phi).intoArray(y, i);
      if (derivative != null) {
        gauss.mul(ScalarMath.INV_SQRT_2PI).fma(v, phi).intoArray(derivative, i);
      }
    }
  }

  private static void geluNew(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      FloatVector t = VectorMath.geluNewTanh(v);
      v.mul(0.5f).mul(t.add(1f)).intoArray(y, i);
      if (derivative != null) {
        VectorMath.geluNewDerivative(v, t).intoArray(derivative, i);
      }
    }
  }

  private static void tanh(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector t = VectorMath.tanh(load(x, i));
      t.intoArray(y, i);
      if (derivative != null) {
        t.neg().fma(t, all(1f)).intoArray(derivative, i);
      }
    }
  }

  private static void sigmoid(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector s = VectorMath.sigmoid(load(x, i));
      s.intoArray(y, i);
      if (derivative != null) {
        s.mul(all(1f).sub(s)).intoArray(derivative, i);
      }
    }
  }

  private static void silu(float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i += STEP) {
      FloatVector v = load(x, i);
      FloatVector s = VectorMath.sigmoid(v);
      v.mul(s).intoArray(y, i);
      if (derivative != null) {
        s.mul(v.fma(all(1f).sub(s), all(1f))).intoArray(derivative, i);
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
  public void interpolate(float alpha, float[] start, float[] end, float[] y, int y0, int n) {
    FloatVector f = all(alpha);
    for (int i = 0; i < n; i += STEP) {
      FloatVector s = load(start, i);
      f.fma(load(end, i).sub(s), s).intoArray(y, y0 + i);
    }
  }
}
