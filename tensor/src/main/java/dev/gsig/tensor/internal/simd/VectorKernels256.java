package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.VectorMath.all;
import static dev.gsig.tensor.internal.simd.VectorMath.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The products on vectors of 8 lanes: a panel row is two vectors, and a tile of 4 x 16 results
 * stays in registers; larger tiles spill. How the tiles are written: see {@link VectorKernels512}.
 */
final class VectorKernels256 extends VectorKernels {
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
      int bp = b0 + p * bStep;
      int sp = start0 + p * startStep;
      int yp = y0 + p * yStep;
      lanes4(k, a, a0, b, bp, start, sp, y, yp);
      lanes4(k, a, a0 + 4, b, bp, start, sp + 64, y, yp + 64);
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
      int yp = y0 + p * yStep;
      Arrays.fill(y, yp, yp + 128, 0f);
      rows4(n, a, a0, aStep, b, b0 + p * bStep, y, yp);
      rows4(n, a, a0 + 64, aStep, b, b0 + p * bStep, y, yp + 64);
    }
  }

  @Override
  public void rowsTimesRows16(
      int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    for (int i = 0; i < 256; i += 64) {
      rows4(n, a, a0 + i, aStep, b, b0, y, y0 + i);
    }
  }

  private static void lanes4(
      int k, float[] a, int a0, float[] b, int b0, float[] start, int start0, float[] y, int y0) {
    FloatVector y00 = load(start, start0);
    FloatVector y01 = load(start, start0 + 8);
    FloatVector y10 = load(start, start0 + 16);
    FloatVector y11 = load(start, start0 + 24);
    FloatVector y20 = load(start, start0 + 32);
    FloatVector y21 = load(start, start0 + 40);
    FloatVector y30 = load(start, start0 + 48);
    FloatVector y31 = load(start, start0 + 56);
    for (int p = 0; p < k; p++) {
      FloatVector u = load(b, b0 + p * 16);
      FloatVector v = load(b, b0 + p * 16 + 8);
      FloatVector f = all(a[a0 + p * 16]);
      y00 = f.fma(u, y00);
      y01 = f.fma(v, y01);
      f = all(a[a0 + p * 16 + 1]);
      y10 = f.fma(u, y10);
      y11 = f.fma(v, y11);
      f = all(a[a0 + p * 16 + 2]);
      y20 = f.fma(u, y20);
      y21 = f.fma(v, y21);
      f = all(a[a0 + p * 16 + 3]);
      y30 = f.fma(u, y30);
      y31 = f.fma(v, y31);
    }
    y00.intoArray(y, y0);
    y01.intoArray(y, y0 + 8);
    y10.intoArray(y, y0 + 16);
    y11.intoArray(y, y0 + 24);
    y20.intoArray(y, y0 + 32);
    y21.intoArray(y, y0 + 40);
    y30.intoArray(y, y0 + 48);
    y31.intoArray(y, y0 + 56);
  }

  /** Onto y. */
  private static void rows4(
      int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    FloatVector y00 = load(y, y0);
    FloatVector y01 = load(y, y0 + 8);
    FloatVector y10 = load(y, y0 + 16);
    FloatVector y11 = load(y, y0 + 24);
    FloatVector y20 = load(y, y0 + 32);
    FloatVector y21 = load(y, y0 + 40);
    FloatVector y30 = load(y, y0 + 48);
    FloatVector y31 = load(y, y0 + 56);
    for (int p = 0; p < n; p++) {
      int q = a0 + (p >> 4) * aStep + (p & 15);
      FloatVector u = load(b, b0 + p * 16);
      FloatVector v = load(b, b0 + p * 16 + 8);
      FloatVector f = all(a[q]);
      y00 = f.fma(u, y00);
      y01 = f.fma(v, y01);
      f = all(a[q + 16]);
      y10 = f.fma(u, y10);
      y11 = f.fma(v, y11);
      f = all(a[q + 32]);
      y20 = f.fma(u, y20);
      y21 = f.fma(v, y21);
      f = all(a[q + 48]);
      y30 = f.fma(u, y30);
      y31 = f.fma(v, y31);
    }
    y00.intoArray(y, y0);
    y01.intoArray(y, y0 + 8);
    y10.intoArray(y, y0 + 16);
    y11.intoArray(y, y0 + 24);
    y20.intoArray(y, y0 + 32);
    y21.intoArray(y, y0 + 40);
    y30.intoArray(y, y0 + 48);
    y31.intoArray(y, y0 + 56);
  }
}
