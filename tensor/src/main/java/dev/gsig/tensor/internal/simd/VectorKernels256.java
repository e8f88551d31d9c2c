package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.VectorMath.S;
import static dev.gsig.tensor.internal.simd.VectorMath.all;
import static dev.gsig.tensor.internal.simd.VectorMath.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The products on vectors of 8 lanes: a panel row is two vectors, and a tile of 4 x 16 results
 * stays in registers; larger tiles spill. How the tiles are written: see {@link VectorKernels512}.
 */
final class VectorKernels256 extends VectorKernels {
  // What a block exchanges, and the lanes that take it.
  private static final VectorShuffle<Float> ONE_APART = VectorShuffle.fromOp(S, i -> i ^ 1);
  private static final VectorShuffle<Float> TWO_APART = VectorShuffle.fromOp(S, i -> i ^ 2);
  private static final VectorShuffle<Float> FOUR_APART = VectorShuffle.fromOp(S, i -> i ^ 4);
  private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0xAA);
  private static final VectorMask<Float> EVEN = ODD.not();
  private static final VectorMask<Float> ODD_PAIRS = VectorMask.fromLong(S, 0xCC);
  private static final VectorMask<Float> EVEN_PAIRS = ODD_PAIRS.not();
  private static final VectorMask<Float> UPPER = VectorMask.fromLong(S, 0xF0);
  private static final VectorMask<Float> LOWER = UPPER.not();

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
      int rows, int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0) {
    for (int i = 0; i < rows * 16; i += 64) {
      rows4(n, a, a0 + i, aStep, b, b0, y, y0 + i);
    }
  }

  @Override
  public void transpose(float[] x, int x0, float[] y, int y0) {
    transpose8(x, x0, y, y0);
    transpose8(x, x0 + 8, y, y0 + 128);
    transpose8(x, x0 + 128, y, y0 + 8);
    transpose8(x, x0 + 136, y, y0 + 136);
  }

  /**
   * A block of 8 x 8: rows 1 apart exchange every second lane, then rows 2 apart every second pair,
   * then rows 4 apart their halves (J. O. Eklundh, 1972).
   */
  private static void transpose8(float[] x, int x0, float[] y, int y0) {
    FloatVector a = load(x, x0);
    FloatVector b = load(x, x0 + 16);
    FloatVector c = load(x, x0 + 32);
    FloatVector d = load(x, x0 + 48);
    FloatVector e = load(x, x0 + 64);
    FloatVector f = load(x, x0 + 80);
    FloatVector g = load(x, x0 + 96);
    FloatVector h = load(x, x0 + 112);
    FloatVector a1 = a.blend(b.rearrange(ONE_APART), ODD);
    FloatVector b1 = b.blend(a.rearrange(ONE_APART), EVEN);
    FloatVector c1 = c.blend(d.rearrange(ONE_APART), ODD);
    FloatVector d1 = d.blend(c.rearrange(ONE_APART), EVEN);
    FloatVector e1 = e.blend(f.rearrange(ONE_APART), ODD);
    FloatVector f1 = f.blend(e.rearrange(ONE_APART), EVEN);
    FloatVector g1 = g.blend(h.rearrange(ONE_APART), ODD);
    FloatVector h1 = h.blend(g.rearrange(ONE_APART), EVEN);
    FloatVector a2 = a1.blend(c1.rearrange(TWO_APART), ODD_PAIRS);
    FloatVector b2 = b1.blend(d1.rearrange(TWO_APART), ODD_PAIRS);
    FloatVector c2 = c1.blend(a1.rearrange(TWO_APART), EVEN_PAIRS);
    FloatVector d2 = d1.blend(b1.rearrange(TWO_APART), EVEN_PAIRS);
    FloatVector e2 = e1.blend(g1.rearrange(TWO_APART), ODD_PAIRS);
    FloatVector f2 = f1.blend(h1.rearrange(TWO_APART), ODD_PAIRS);
    FloatVector g2 = g1.blend(e1.rearrange(TWO_APART), EVEN_PAIRS);
    FloatVector h2 = h1.blend(f1.rearrange(TWO_APART), EVEN_PAIRS);
    a2.blend(e2.rearrange(FOUR_APART), UPPER).intoArray(y, y0);
    b2.blend(f2.rearrange(FOUR_APART), UPPER).intoArray(y, y0 + 16);
    c2.blend(g2.rearrange(FOUR_APART), UPPER).intoArray(y, y0 + 32);
    d2.blend(h2.rearrange(FOUR_APART), UPPER).intoArray(y, y0 + 48);
    e2.blend(a2.rearrange(FOUR_APART), LOWER).intoArray(y, y0 + 64);
    f2.blend(b2.rearrange(FOUR_APART), LOWER).intoArray(y, y0 + 80);
    g2.blend(c2.rearrange(FOUR_APART), LOWER).intoArray(y, y0 + 96);
    h2.blend(d2.rearrange(FOUR_APART), LOWER).intoArray(y, y0 + 112);
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
