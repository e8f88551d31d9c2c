package dev.gsig.tensor.simd;

import static dev.gsig.tensor.simd.SimdTensor.LANES;

import dev.gsig.tensor.Activation;
import java.util.Arrays;

/**
 * {@link PanelKernels} in plain Java: the specification of every bit, and the portable fallback.
 */
final class ScalarKernels implements PanelKernels {

  /** {@code y += w x}, one panel row. */
  private static void fmaRow(float w, float[] x, int x0, float[] y, int y0) {
    for (int l = 0; l < LANES; l++) {
      y[y0 + l] = Math.fma(w, x[x0 + l], y[y0 + l]);
    }
  }

  @Override
  public void linear4(int k, float[] w, int w0, float[] x, int x0, float[] y, int y0) {
    for (int p = 0; p < k; p++) {
      for (int o = 0; o < 4; o++) {
        fmaRow(w[w0 + 4 * p + o], x, x0 + p * LANES, y, y0 + o * LANES);
      }
    }
  }

  @Override
  public void linear1(int k, float[] w, int w0, float[] x, int x0, float[] y, int y0) {
    for (int p = 0; p < k; p++) {
      fmaRow(w[w0 + p], x, x0 + p * LANES, y, y0);
    }
  }

  @Override
  public void lanesTimesRows(int k, float[] a, int a0, float[] b, int b0, float[] s, int s0) {
    Arrays.fill(s, s0, s0 + LANES * LANES, 0f);
    for (int p = 0; p < k; p++) {
      for (int j = 0; j < LANES; j++) {
        fmaRow(a[a0 + p * LANES + j], b, b0 + p * LANES, s, s0 + j * LANES);
      }
    }
  }

  @Override
  public void rowsTimesRows4(int k, float[] a, int a0, float[] b, int b0, float[] y, int y0) {
    for (int i = 0; i < 4; i++) {
      rowsTimesRows1(k, a, a0 + i * LANES, b, b0, y, y0 + i * LANES);
    }
  }

  @Override
  public void rowsTimesRows1(int k, float[] a, int a0, float[] b, int b0, float[] y, int y0) {
    linear1(k, a, a0, b, b0, y, y0);
  }

  @Override
  public void softmax(float[] s, int s0, int n, float scale, int unmasked, float maskValue) {
    for (int l = s0; l < s0 + LANES; l++) {
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < n; j++) {
        int i = l + j * LANES;
        s[i] = s[i] * scale + (j < unmasked ? 0f : maskValue);
        max = s[i] > max ? s[i] : max;
      }
      float sum = 0f;
      for (int j = 0; j < n; j++) {
        int i = l + j * LANES;
        s[i] = ScalarMath.expOfNegative(s[i] - max);
        sum += s[i];
      }
      float reciprocal = 1f / sum;
      for (int j = 0; j < n; j++) {
        s[l + j * LANES] *= reciprocal;
      }
    }
  }

  @Override
  public void softmaxBackward(float[] p, int p0, float[] g, int g0, int n, float scale) {
    for (int l = 0; l < LANES; l++) {
      float even = 0f;
      float odd = 0f;
      for (int j = 0; j < n; j++) {
        int i = l + j * LANES;
        if (j % 2 == 0) {
          even = Math.fma(p[p0 + i], g[g0 + i], even);
        } else {
          odd = Math.fma(p[p0 + i], g[g0 + i], odd);
        }
      }
      float dot = even + odd;
      for (int j = 0; j < n; j++) {
        int i = l + j * LANES;
        g[g0 + i] = (g[g0 + i] - dot) * p[p0 + i] * scale;
      }
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
    for (int l = 0; l < LANES; l++) {
      float sum = 0f;
      for (int c = 0; c < d; c++) {
        int i = l + c * LANES;
        float v = residual == null ? x[x0 + i] : x[x0 + i] + residual[r0 + i];
        sum += v;
        normalized[n0 + i] = v;
      }
      float mean = sum * perFeature;
      float rest = 0f;
      float squares = 0f;
      for (int c = 0; c < d; c++) {
        float centred = normalized[n0 + l + c * LANES] - mean;
        rest += centred;
        squares = Math.fma(centred, centred, squares);
      }
      // the mean of what is left is the rounding error of the mean: a constant row becomes 0
      float shift = rest * perFeature;
      mean += shift;
      float variance = Math.fma(-shift, shift, squares * perFeature);
      variance = variance < 0f ? 0f : variance;
      // squares beyond float32 must not turn a row into beta: 1 / infinity would be 0
      float rd =
          variance == Float.POSITIVE_INFINITY
              ? Float.NaN
              : 1f / (float) Math.sqrt(variance + epsilon);
      reciprocalDeviation[d0 + l] = rd;
      for (int c = 0; c < d; c++) {
        int i = l + c * LANES;
        float n = (normalized[n0 + i] - mean) * rd;
        normalized[n0 + i] = n;
        y[y0 + i] = Math.fma(n, gamma[c], beta[c]);
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
    for (int l = 0; l < LANES; l++) {
      float sum = 0f;
      float projection = 0f;
      for (int c = 0; c < d; c++) {
        int i = l + c * LANES;
        float u = gy[g0 + i] * gamma[c];
        sum += u;
        projection = Math.fma(u, normalized[n0 + i], projection);
      }
      float mean = -(sum * perFeature);
      float slope = -(projection * perFeature);
      float rd = reciprocalDeviation[d0 + l];
      for (int c = 0; c < d; c++) {
        int i = l + c * LANES;
        float u = Math.fma(gy[g0 + i], gamma[c], mean);
        gs[s0 + i] = Math.fma(normalized[n0 + i], slope, u) * rd;
      }
    }
  }

  @Override
  public void activation(Activation act, float[] x, float[] y, float[] derivative, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[i];
      float value;
      float slope;
      switch (act) {
        case RELU -> {
          value = v <= 0f ? 0f : v;
          slope = v > 0f ? 1f : 0f;
        }
        case GELU -> {
          float gauss = ScalarMath.gauss(Math.abs(v));
          float phi = ScalarMath.normalCdf(v, gauss);
          value = v * phi;
          slope = Math.fma(gauss * ScalarMath.INV_SQRT_2PI, v, phi);
        }
        case GELU_NEW -> {
          float t = ScalarMath.geluNewTanh(v);
          value = 0.5f * v * (t + 1f);
          slope = ScalarMath.geluNewDerivative(v, t);
        }
        case TANH -> {
          value = ScalarMath.tanh(v);
          slope = Math.fma(-value, value, 1f);
        }
        case SIGMOID -> {
          value = ScalarMath.sigmoid(v);
          slope = value * (1f - value);
        }
        case SILU -> {
          float s = ScalarMath.sigmoid(v);
          value = v * s;
          slope = s * Math.fma(v, 1f - s, 1f);
        }
        default -> throw new AssertionError(act);
      }
      y[i] = value;
      if (derivative != null) {
        derivative[i] = slope;
      }
    }
  }

  @Override
  public void multiply(float[] a, float[] b, float[] y, int n, boolean accumulate) {
    for (int i = 0; i < n; i++) {
      y[i] = accumulate ? Math.fma(a[i], b[i], y[i]) : a[i] * b[i];
    }
  }

  @Override
  public void add(float[] a, int a0, float[] b, int b0, float[] y, int y0, int n) {
    for (int i = 0; i < n; i++) {
      y[y0 + i] = a[a0 + i] + b[b0 + i];
    }
  }

  @Override
  public void axpy(float w, float[] x, int x0, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.fma(w, x[x0 + i], y[i]);
    }
  }

  @Override
  public void interpolate(float alpha, float[] start, float[] end, float[] y, int y0, int n) {
    for (int i = 0; i < n; i++) {
      y[y0 + i] = Math.fma(alpha, end[i] - start[i], start[i]);
    }
  }
}
