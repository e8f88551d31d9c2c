package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.VectorMath.all;
import static dev.gsig.tensor.internal.simd.VectorMath.load;

import jdk.incubator.vector.FloatVector;

/**
 * The products on vectors of 16 lanes: a panel row is one vector, and a tile of 8 x 32 or 16 x 16
 * results stays in registers.
 *
 * <p>The tiles are written out, each in one plain loop and longer than 325 bytecodes: the compiler
 * C2 keeps every vector in a register then, and never inlines a tile into a caller, where it would
 * lose them.
 */
final class VectorKernels512 extends VectorKernels {
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
    if (panels == 2) {
      lanes8x2(k, a, a0, b, b0, bStep, start, start0, startStep, y, y0, yStep);
    } else {
      lanes8x1(k, a, a0, b, b0, start, start0, y, y0);
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
    if (panels == 2) {
      rows8x2(n, a, a0, aStep, b, b0, bStep, y, y0, yStep);
    } else {
      rows8x1(n, a, a0, aStep, b, b0, y, y0);
    }
  }

  @Override
  public void rowsTimesRows16(
      int rows, int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    rows16x1(n, a, a0, aStep, b, b0, y, y0);
  }

  @Override
  public void transpose(float[] x, int x0, float[] y, int y0) {
    ScalarKernels.transposed(x, x0, y, y0);
  }

  private static void lanes8x2(
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
    int start1 = start0 + startStep;
    int y1 = y0 + yStep;
    int b1 = b0 + bStep;
    FloatVector y00 = load(start, start0);
    FloatVector y10 = load(start, start0 + 16);
    FloatVector y20 = load(start, start0 + 32);
    FloatVector y30 = load(start, start0 + 48);
    FloatVector y40 = load(start, start0 + 64);
    FloatVector y50 = load(start, start0 + 80);
    FloatVector y60 = load(start, start0 + 96);
    FloatVector y70 = load(start, start0 + 112);
    FloatVector y01 = load(start, start1);
    FloatVector y11 = load(start, start1 + 16);
    FloatVector y21 = load(start, start1 + 32);
    FloatVector y31 = load(start, start1 + 48);
    FloatVector y41 = load(start, start1 + 64);
    FloatVector y51 = load(start, start1 + 80);
    FloatVector y61 = load(start, start1 + 96);
    FloatVector y71 = load(start, start1 + 112);
    for (int p = 0; p < k; p++) {
      FloatVector u = load(b, b0 + p * 16);
      FloatVector v = load(b, b1 + p * 16);
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
      f = all(a[a0 + p * 16 + 4]);
      y40 = f.fma(u, y40);
      y41 = f.fma(v, y41);
      f = all(a[a0 + p * 16 + 5]);
      y50 = f.fma(u, y50);
      y51 = f.fma(v, y51);
      f = all(a[a0 + p * 16 + 6]);
      y60 = f.fma(u, y60);
      y61 = f.fma(v, y61);
      f = all(a[a0 + p * 16 + 7]);
      y70 = f.fma(u, y70);
      y71 = f.fma(v, y71);
    }
    y00.intoArray(y, y0);
    y10.intoArray(y, y0 + 16);
    y20.intoArray(y, y0 + 32);
    y30.intoArray(y, y0 + 48);
    y40.intoArray(y, y0 + 64);
    y50.intoArray(y, y0 + 80);
    y60.intoArray(y, y0 + 96);
    y70.intoArray(y, y0 + 112);
    y01.intoArray(y, y1);
    y11.intoArray(y, y1 + 16);
    y21.intoArray(y, y1 + 32);
    y31.intoArray(y, y1 + 48);
    y41.intoArray(y, y1 + 64);
    y51.intoArray(y, y1 + 80);
    y61.intoArray(y, y1 + 96);
    y71.intoArray(y, y1 + 112);
  }

  private static void lanes8x1(
      int k, float[] a, int a0, float[] b, int b0, float[] start, int start0, float[] y, int y0) {
    FloatVector y00 = load(start, start0);
    FloatVector y10 = load(start, start0 + 16);
    FloatVector y20 = load(start, start0 + 32);
    FloatVector y30 = load(start, start0 + 48);
    FloatVector y40 = load(start, start0 + 64);
    FloatVector y50 = load(start, start0 + 80);
    FloatVector y60 = load(start, start0 + 96);
    FloatVector y70 = load(start, start0 + 112);
    for (int p = 0; p < k; p++) {
      FloatVector u = load(b, b0 + p * 16);
      FloatVector f = all(a[a0 + p * 16]);
      y00 = f.fma(u, y00);
      f = all(a[a0 + p * 16 + 1]);
      y10 = f.fma(u, y10);
      f = all(a[a0 + p * 16 + 2]);
      y20 = f.fma(u, y20);
      f = all(a[a0 + p * 16 + 3]);
      y30 = f.fma(u, y30);
      f = all(a[a0 + p * 16 + 4]);
      y40 = f.fma(u, y40);
      f = all(a[a0 + p * 16 + 5]);
      y50 = f.fma(u, y50);
      f = all(a[a0 + p * 16 + 6]);
      y60 = f.fma(u, y60);
      f = all(a[a0 + p * 16 + 7]);
      y70 = f.fma(u, y70);
    }
    y00.intoArray(y, y0);
    y10.intoArray(y, y0 + 16);
    y20.intoArray(y, y0 + 32);
    y30.intoArray(y, y0 + 48);
    y40.intoArray(y, y0 + 64);
    y50.intoArray(y, y0 + 80);
    y60.intoArray(y, y0 + 96);
    y70.intoArray(y, y0 + 112);
  }

  private static void rows8x2(
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
    int y1 = y0 + yStep;
    int b1 = b0 + bStep;
    FloatVector y00 = FloatVector.zero(VectorMath.S);
    FloatVector y10 = y00;
    FloatVector y20 = y00;
    FloatVector y30 = y00;
    FloatVector y40 = y00;
    FloatVector y50 = y00;
    FloatVector y60 = y00;
    FloatVector y70 = y00;
    FloatVector y01 = y00;
    FloatVector y11 = y00;
    FloatVector y21 = y00;
    FloatVector y31 = y00;
    FloatVector y41 = y00;
    FloatVector y51 = y00;
    FloatVector y61 = y00;
    FloatVector y71 = y00;
    for (int p = 0; p < n; p++) {
      int q = a0 + (p >> 4) * aStep + (p & 15);
      FloatVector u = load(b, b0 + p * 16);
      FloatVector v = load(b, b1 + p * 16);
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
      f = all(a[q + 64]);
      y40 = f.fma(u, y40);
      y41 = f.fma(v, y41);
      f = all(a[q + 80]);
      y50 = f.fma(u, y50);
      y51 = f.fma(v, y51);
      f = all(a[q + 96]);
      y60 = f.fma(u, y60);
      y61 = f.fma(v, y61);
      f = all(a[q + 112]);
      y70 = f.fma(u, y70);
      y71 = f.fma(v, y71);
    }
    y00.intoArray(y, y0);
    y10.intoArray(y, y0 + 16);
    y20.intoArray(y, y0 + 32);
    y30.intoArray(y, y0 + 48);
    y40.intoArray(y, y0 + 64);
    y50.intoArray(y, y0 + 80);
    y60.intoArray(y, y0 + 96);
    y70.intoArray(y, y0 + 112);
    y01.intoArray(y, y1);
    y11.intoArray(y, y1 + 16);
    y21.intoArray(y, y1 + 32);
    y31.intoArray(y, y1 + 48);
    y41.intoArray(y, y1 + 64);
    y51.intoArray(y, y1 + 80);
    y61.intoArray(y, y1 + 96);
    y71.intoArray(y, y1 + 112);
  }

  private static void rows8x1(
      int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    FloatVector y00 = FloatVector.zero(VectorMath.S);
    FloatVector y10 = y00;
    FloatVector y20 = y00;
    FloatVector y30 = y00;
    FloatVector y40 = y00;
    FloatVector y50 = y00;
    FloatVector y60 = y00;
    FloatVector y70 = y00;
    for (int p = 0; p < n; p++) {
      int q = a0 + (p >> 4) * aStep + (p & 15);
      FloatVector u = load(b, b0 + p * 16);
      FloatVector f = all(a[q]);
      y00 = f.fma(u, y00);
      f = all(a[q + 16]);
      y10 = f.fma(u, y10);
      f = all(a[q + 32]);
      y20 = f.fma(u, y20);
      f = all(a[q + 48]);
      y30 = f.fma(u, y30);
      f = all(a[q + 64]);
      y40 = f.fma(u, y40);
      f = all(a[q + 80]);
      y50 = f.fma(u, y50);
      f = all(a[q + 96]);
      y60 = f.fma(u, y60);
      f = all(a[q + 112]);
      y70 = f.fma(u, y70);
    }
    y00.intoArray(y, y0);
    y10.intoArray(y, y0 + 16);
    y20.intoArray(y, y0 + 32);
    y30.intoArray(y, y0 + 48);
    y40.intoArray(y, y0 + 64);
    y50.intoArray(y, y0 + 80);
    y60.intoArray(y, y0 + 96);
    y70.intoArray(y, y0 + 112);
  }

  private static void rows16x1(
      int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    FloatVector y00 = load(y, y0);
    FloatVector y10 = load(y, y0 + 16);
    FloatVector y20 = load(y, y0 + 32);
    FloatVector y30 = load(y, y0 + 48);
    FloatVector y40 = load(y, y0 + 64);
    FloatVector y50 = load(y, y0 + 80);
    FloatVector y60 = load(y, y0 + 96);
    FloatVector y70 = load(y, y0 + 112);
    FloatVector y80 = load(y, y0 + 128);
    FloatVector y90 = load(y, y0 + 144);
    FloatVector ya0 = load(y, y0 + 160);
    FloatVector yb0 = load(y, y0 + 176);
    FloatVector yc0 = load(y, y0 + 192);
    FloatVector yd0 = load(y, y0 + 208);
    FloatVector ye0 = load(y, y0 + 224);
    FloatVector yf0 = load(y, y0 + 240);
    for (int p = 0; p < n; p++) {
      int q = a0 + (p >> 4) * aStep + (p & 15);
      FloatVector u = load(b, b0 + p * 16);
      FloatVector f = all(a[q]);
      y00 = f.fma(u, y00);
      f = all(a[q + 16]);
      y10 = f.fma(u, y10);
      f = all(a[q + 32]);
      y20 = f.fma(u, y20);
      f = all(a[q + 48]);
      y30 = f.fma(u, y30);
      f = all(a[q + 64]);
      y40 = f.fma(u, y40);
      f = all(a[q + 80]);
      y50 = f.fma(u, y50);
      f = all(a[q + 96]);
      y60 = f.fma(u, y60);
      f = all(a[q + 112]);
      y70 = f.fma(u, y70);
      f = all(a[q + 128]);
      y80 = f.fma(u, y80);
      f = all(a[q + 144]);
      y90 = f.fma(u, y90);
      f = all(a[q + 160]);
      ya0 = f.fma(u, ya0);
      f = all(a[q + 176]);
      yb0 = f.fma(u, yb0);
      f = all(a[q + 192]);
      yc0 = f.fma(u, yc0);
      f = all(a[q + 208]);
      yd0 = f.fma(u, yd0);
      f = all(a[q + 224]);
      ye0 = f.fma(u, ye0);
      f = all(a[q + 240]);
      yf0 = f.fma(u, yf0);
    }
    y00.intoArray(y, y0);
    y10.intoArray(y, y0 + 16);
    y20.intoArray(y, y0 + 32);
    y30.intoArray(y, y0 + 48);
    y40.intoArray(y, y0 + 64);
    y50.intoArray(y, y0 + 80);
    y60.intoArray(y, y0 + 96);
    y70.intoArray(y, y0 + 112);
    y80.intoArray(y, y0 + 128);
    y90.intoArray(y, y0 + 144);
    ya0.intoArray(y, y0 + 160);
    yb0.intoArray(y, y0 + 176);
    yc0.intoArray(y, y0 + 192);
    yd0.intoArray(y, y0 + 208);
    ye0.intoArray(y, y0 + 224);
    yf0.intoArray(y, y0 + 240);
  }
}
