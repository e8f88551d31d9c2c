package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.Fma.fma;
import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.Activation;
import java.util.Arrays;

/**
 * {@link PanelKernels} in plain Java: the specification of every bit, and the portable fallback.
 *
 * <p>What is done lane by lane is a method for one lane: C2 compiles a small method once, but a
 * nest of loops several times over, as each of its loops gets hot.
 */
final class ScalarKernels implements PanelKernels {
  /**
   * Four panel rows by four lanes: as many sums as the processor needs in flight.
   *
   * <p>Calls {@link Math#fma} itself: where the profile is taken, each call between would count.
   *
   * <p>Factor (i, p) is {@code a[a0 + p / 16 * aStep + p % 16 * aCol + i * aRow]}.
   */
  private static void tile(
      int n,
      float[] a,
      int a0,
      int aRow,
      int aCol,
      int aStep,
      float[] b,
      int b0,
      float[] start,
      int start0,
      float[] y,
      int y0) {
    if (!Fma.IN_HARDWARE) {
      emulatedTile(n, a, a0, aRow, aCol, aStep, b, b0, start, start0, y, y0);
      return;
    }
    int y1 = y0 + LANES;
    int y2 = y1 + LANES;
    int y3 = y2 + LANES;
    int start1 = start0 + LANES;
    int start2 = start1 + LANES;
    int start3 = start2 + LANES;
    float s00 = start[start0];
    float s01 = start[start0 + 1];
    float s02 = start[start0 + 2];
    float s03 = start[start0 + 3];
    float s10 = start[start1];
    float s11 = start[start1 + 1];
    float s12 = start[start1 + 2];
    float s13 = start[start1 + 3];
    float s20 = start[start2];
    float s21 = start[start2 + 1];
    float s22 = start[start2 + 2];
    float s23 = start[start2 + 3];
    float s30 = start[start3];
    float s31 = start[start3 + 1];
    float s32 = start[start3 + 2];
    float s33 = start[start3 + 3];
    for (int p = 0; p < n; p++) {
      int q = a0 + (p >> 4) * aStep + (p & 15) * aCol;
      float u0 = b[b0 + p * LANES];
      float u1 = b[b0 + p * LANES + 1];
      float u2 = b[b0 + p * LANES + 2];
      float u3 = b[b0 + p * LANES + 3];
      float f = a[q];
      s00 = Math.fma(f, u0, s00);
      s01 = Math.fma(f, u1, s01);
      s02 = Math.fma(f, u2, s02);
      s03 = Math.fma(f, u3, s03);
      f = a[q + aRow];
      s10 = Math.fma(f, u0, s10);
      s11 = Math.fma(f, u1, s11);
      s12 = Math.fma(f, u2, s12);
      s13 = Math.fma(f, u3, s13);
      f = a[q + 2 * aRow];
      s20 = Math.fma(f, u0, s20);
      s21 = Math.fma(f, u1, s21);
      s22 = Math.fma(f, u2, s22);
      s23 = Math.fma(f, u3, s23);
      f = a[q + 3 * aRow];
      s30 = Math.fma(f, u0, s30);
      s31 = Math.fma(f, u1, s31);
      s32 = Math.fma(f, u2, s32);
      s33 = Math.fma(f, u3, s33);
    }
    y[y0] = s00;
    y[y0 + 1] = s01;
    y[y0 + 2] = s02;
    y[y0 + 3] = s03;
    y[y1] = s10;
    y[y1 + 1] = s11;
    y[y1 + 2] = s12;
    y[y1 + 3] = s13;
    y[y2] = s20;
    y[y2 + 1] = s21;
    y[y2 + 2] = s22;
    y[y2 + 3] = s23;
    y[y3] = s30;
    y[y3 + 1] = s31;
    y[y3 + 2] = s32;
    y[y3 + 3] = s33;
  }

  /** What tile does, sum by sum: here the processor is busy with one of them. */
  private static void emulatedTile(
      int n,
      float[] a,
      int a0,
      int aRow,
      int aCol,
      int aStep,
      float[] b,
      int b0,
      float[] start,
      int start0,
      float[] y,
      int y0) {
    for (int i = 0; i < 4; i++) {
      for (int lane = 0; lane < 4; lane++) {
        float sum = start[start0 + i * LANES + lane];
        for (int p = 0; p < n; p++) {
          float f = a[a0 + (p >> 4) * aStep + (p & 15) * aCol + i * aRow];
          sum = Fma.emulated(f, b[b0 + p * LANES + lane], sum);
        }
        y[y0 + i * LANES + lane] = sum;
      }
    }
  }

  @Override
  public void lanesTimesRows8(
      int panels,
      int k,
      float[] a,
      int a0,
      float[] b,
      int b0,
      int bStep,
      float[] start,
      int start0,
      int startStep,
      float[] y,
      int y0,
      int yStep) {
    for (int p = 0; p < panels; p++) {
      for (int lane = 0; lane < LANES; lane += 4) {
        for (int o = 0; o < 8; o += 4) {
          tile(
              k,
              a,
              a0 + o,
              1,
              LANES,
              LANES * LANES,
              b,
              b0 + p * bStep + lane,
              start,
              start0 + p * startStep + lane + o * LANES,
              y,
              y0 + p * yStep + lane + o * LANES);
        }
      }
    }
  }

  @Override
  public void rowsTimesRows8(
      int panels,
      int n,
      float[] a,
      int a0,
      int aStep,
      float[] b,
      int b0,
      int bStep,
      float[] y,
      int y0,
      int yStep) {
    for (int p = 0; p < panels; p++) {
      Arrays.fill(y, y0 + p * yStep, y0 + p * yStep + 8 * LANES, 0f);
      rows(8, n, a, a0, aStep, b, b0 + p * bStep, y, y0 + p * yStep);
    }
  }

  @Override
  public void rowsTimesRows16(
      int rows, int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    rows(rows, n, a, a0, aStep, b, b0, y, y0);
  }

  @Override
  public void transpose(float[] x, int x0, float[] y, int y0) {
    transposed(x, x0, y, y0);
  }

  /** As {@link #transpose}: four moves at a time, which wait for none of each other. */
  static void transposed(float[] x, int x0, float[] y, int y0) {
    for (int i = 0; i < LANES; i++) {
      for (int j = 0; j < LANES; j += 4) {
        int from = x0 + j * LANES + i;
        int to = y0 + i * LANES + j;
        float a = x[from];
        float b = x[from + LANES];
        float c = x[from + 2 * LANES];
        float d = x[from + 3 * LANES];
        y[to] = a;
        y[to + 1] = b;
        y[to + 2] = c;
        y[to + 3] = d;
      }
    }
  }

  /** Onto y, four rows at a time. */
  private static void rows(
      int count, int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    for (int i = 0; i < count * LANES; i += 4 * LANES) {
      for (int lane = 0; lane < LANES; lane += 4) {
        int to = y0 + i + lane;
        tile(n, a, a0 + i, LANES, 1, aStep, b, b0 + lane, y, to, y, to);
      }
    }
  }

  @Override
  public void lanesTimesRows1(
      int k, float[] a, int a0, float[] b, int b0, float[] start, int start0, float[] y, int y0) {
    System.arraycopy(start, start0, y, y0, LANES);
    for (int p = 0; p < k; p++) {
      fmaRow(a[a0 + p * LANES], b, b0 + p * LANES, y, y0);
    }
  }

  @Override
  public void rowsTimesRows1(
      int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    Arrays.fill(y, y0, y0 + LANES, 0f);
    for (int p = 0; p < n; p++) {
      fmaRow(a[a0 + (p >> 4) * aStep + (p & 15)], b, b0 + p * LANES, y, y0);
    }
  }

  /** {@code y += w x}, one panel row. */
  private static void fmaRow(float w, float[] x, int x0, float[] y, int y0) {
    for (int l = 0; l < LANES; l++) {
      y[y0 + l] = fma(w, x[x0 + l], y[y0 + l]);
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
    for (int lane = 0; lane < LANES; lane++) {
      softmaxLane(s, s0 + lane, n, scale, unmasked, maskValue, statistics, t0 + lane);
    }
  }

  private static void softmaxLane(
      float[] s,
      int s0,
      int n,
      float scale,
      int unmasked,
      float maskValue,
      float[] statistics,
      int t0) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      int i = s0 + j * LANES;
      s[i] = s[i] * scale + (j < unmasked ? 0f : maskValue);
      max = s[i] > max ? s[i] : max;
    }
    float sum = 0f;
    for (int j = 0; j < n; j++) {
      int i = s0 + j * LANES;
      s[i] = ScalarMath.expOfNegative(s[i] - max);
      sum += s[i];
    }
    float reciprocal = 1f / sum;
    for (int j = 0; j < n; j++) {
      s[s0 + j * LANES] *= reciprocal;
    }
    statistics[t0] = max;
    statistics[t0 + LANES] = reciprocal;
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
    for (int j = 0; j < n; j++) {
      float mask = j < unmasked ? 0f : maskValue;
      for (int lane = 0; lane < LANES; lane++) {
        int i = s0 + j * LANES + lane;
        float below = s[i] * scale + mask - statistics[t0 + lane];
        s[i] = ScalarMath.expOfNegative(below) * statistics[t0 + LANES + lane];
      }
    }
  }

  @Override
  public void narrow(float[] s, int s0, int first, int n, float scale, float slope, float[] lanes) {
    for (int j = 0; j < n; j++) {
      float key = first + j;
      for (int lane = 0; lane < LANES; lane++) {
        float distance = Math.abs(lanes[2 * LANES + lane] - key);
        boolean seen = lanes[lane] <= key && key < lanes[LANES + lane];
        int i = s0 + j * LANES + lane;
        s[i] = seen ? fma(-slope, distance, s[i] * scale) : Float.NEGATIVE_INFINITY;
      }
    }
  }

  @Override
  public void softmaxBackward(float[] p, int p0, float[] g, int g0, int n, float scale) {
    for (int lane = 0; lane < LANES; lane++) {
      softmaxBackwardLane(p, p0 + lane, g, g0 + lane, n, scale);
    }
  }

  private static void softmaxBackwardLane(
      float[] p, int p0, float[] g, int g0, int n, float scale) {
    float even = 0f;
    float odd = 0f;
    for (int j = 0; j < n; j++) {
      int i = j * LANES;
      if (j % 2 == 0) {
        even = fma(p[p0 + i], g[g0 + i], even);
      } else {
        odd = fma(p[p0 + i], g[g0 + i], odd);
      }
    }
    float dot = even + odd;
    for (int j = 0; j < n; j++) {
      int i = j * LANES;
      g[g0 + i] = (g[g0 + i] - dot) * p[p0 + i] * scale;
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
    for (int lane = 0; lane < LANES; lane++) {
      reciprocalDeviation[d0 + lane] =
          layerNormLane(
              d,
              centred,
              x,
              x0 + lane,
              residual,
              r0 + lane,
              gamma,
              beta,
              epsilon,
              y,
              y0 + lane,
              normalized,
              n0 + lane);
    }
  }

  /** Returns the reciprocal deviation. */
  private static float layerNormLane(
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
      int n0) {
    float perFeature = 1f / d;
    float centring = centred ? perFeature : 0f;
    float sum = 0f;
    for (int c = 0; c < d; c++) {
      int i = c * LANES;
      float v = residual == null ? x[x0 + i] : x[x0 + i] + residual[r0 + i];
      sum += v;
      normalized[n0 + i] = v;
    }
    float mean = sum * centring;
    float rest = 0f;
    float squares = 0f;
    for (int c = 0; c < d; c++) {
      float away = normalized[n0 + c * LANES] - mean;
      rest += away;
      squares = fma(away, away, squares);
    }
    // the mean of what is left is the rounding error of the mean: a constant row becomes 0
    float shift = rest * centring;
    mean += shift;
    float variance = fma(-shift, shift, squares * perFeature);
    variance = variance < 0f ? 0f : variance;
    // squares beyond float32 must not turn a row into beta: 1 / infinity would be 0
    float reciprocalDeviation =
        variance == Float.POSITIVE_INFINITY
            ? Float.NaN
            : 1f / (float) Math.sqrt(variance + epsilon);
    for (int c = 0; c < d; c++) {
      int i = c * LANES;
      float n = (normalized[n0 + i] - mean) * reciprocalDeviation;
      normalized[n0 + i] = n;
      y[y0 + i] = fma(n, gamma[c], beta[c]);
    }
    return reciprocalDeviation;
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
    for (int lane = 0; lane < LANES; lane++) {
      layerNormBackwardLane(
          d,
          centred,
          gy,
          g0 + lane,
          gamma,
          normalized,
          n0 + lane,
          reciprocalDeviation[d0 + lane],
          gs,
          s0 + lane);
    }
  }

  private static void layerNormBackwardLane(
      int d,
      boolean centred,
      float[] gy,
      int g0,
      float[] gamma,
      float[] normalized,
      int n0,
      float reciprocalDeviation,
      float[] gs,
      int s0) {
    float perFeature = 1f / d;
    float sum = 0f;
    float projection = 0f;
    for (int c = 0; c < d; c++) {
      int i = c * LANES;
      float u = gy[g0 + i] * gamma[c];
      sum += u;
      projection = fma(u, normalized[n0 + i], projection);
    }
    float mean = -(sum * (centred ? perFeature : 0f));
    float slope = -(projection * perFeature);
    for (int c = 0; c < d; c++) {
      int i = c * LANES;
      float u = fma(gy[g0 + i], gamma[c], mean);
      gs[s0 + i] = fma(normalized[n0 + i], slope, u) * reciprocalDeviation;
    }
  }

  @Override
  public void activation(
      Activation act, float[] x, float[] y, float[] derivative, int from, int n) {
    for (int i = from; i < from + n; i++) {
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
          slope = fma(gauss * ScalarMath.INV_SQRT_2PI, v, phi);
        }
        case GELU_NEW -> {
          float t = ScalarMath.geluNewTanh(v);
          value = 0.5f * v * (t + 1f);
          slope = ScalarMath.geluNewDerivative(v, t);
        }
        case TANH -> {
          value = ScalarMath.tanh(v);
          slope = fma(-value, value, 1f);
        }
        case SIGMOID -> {
          value = ScalarMath.sigmoid(v);
          slope = value * (1f - value);
        }
        case SILU -> {
          float s = ScalarMath.sigmoid(v);
          value = v * s;
          slope = s * fma(v, 1f - s, 1f);
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
  public void rotate(
      int pairs, float sign, float[] turns, int t0, float[] y, int y0, int step, int apart) {
    for (int i = 0; i < pairs; i++) {
      for (int lane = 0; lane < LANES; lane++) {
        int p = y0 + i * step + lane;
        float cos = turns[t0 + i * LANES + lane];
        float sin = turns[t0 + (pairs + i) * LANES + lane] * sign;
        float a = y[p];
        float b = y[p + apart];
        y[p] = fma(a, cos, -(b * sin));
        y[p + apart] = fma(b, cos, a * sin);
      }
    }
  }

  @Override
  public void multiply(float[] a, float[] b, float[] y, int n, boolean accumulate) {
    for (int i = 0; i < n; i++) {
      y[i] = accumulate ? fma(a[i], b[i], y[i]) : a[i] * b[i];
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
      y[i] = fma(w, x[x0 + i], y[i]);
    }
  }

  @Override
  public void lerp(float alpha, float[] start, float[] end, float[] y, int y0, int n) {
    for (int i = 0; i < n; i++) {
      y[y0 + i] = fma(alpha, end[i] - start[i], start[i]);
    }
  }
}
