package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Activation;

/**
 * The inner loops of the simd backend. A <em>panel row</em> is 16 consecutive floats, one for each
 * lane; {@code x0} is the offset of the first element in {@code x}, and panel row {@code p} lies at
 * {@code x0 + 16 p}.
 *
 * <p>{@link ScalarKernels} and {@link VectorKernels} perform the same IEEE operations in the same
 * order on every element, so their results agree bit for bit: each sum is one ascending fma chain
 * per lane (or a fixed number of chains folded in a fixed order), and exp, erf and tanh are the
 * same polynomials. Where the buffers may be the same, the method says so.
 */
interface PanelKernels {
  /**
   * {@code y[o] = start[o] + sum_{p<k} a[p][lane o] b[p]} for panel rows o = 0..7 of one or two
   * panels: a linear layer whose weights are packed as panels, or the scores of keys against
   * queries. The chain begins at start, which may be y.
   *
   * @param panels 1 or 2: how many panels of b and y
   * @param bStep from the first panel of b to the second
   * @param startStep from the first panel of start to the second, 0 if it serves both
   * @param yStep from the first panel of y to the second
   */
  void lanesTimesRows8(
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
      int yStep);

  /** As {@link #lanesTimesRows8} for one panel row. */
  void lanesTimesRows1(
      int k, float[] a, int a0, float[] b, int b0, float[] start, int start0, float[] y, int y0);

  /**
   * {@code y[i] = sum_{p<n} a[i](p) b[p]} for panel rows i = 0..7 of one or two panels, where
   * {@code a[i](p)} is lane {@code p % 16} of panel row i in the panel {@code p / 16} of a.
   *
   * @param aStep from one panel of a to the next
   */
  void rowsTimesRows8(
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
      int yStep);

  /**
   * {@code y[i] = y[i] + sum_{p<n} a[i](p) b[p]} for panel rows i = 0..rows-1 of one panel, a as in
   * {@link #rowsTimesRows8}. The chain begins at y, so that a sum can be had in several parts.
   *
   * @param rows 1 to 16; what becomes of the others up to 15 is undefined
   */
  void rowsTimesRows16(
      int rows, int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0);

  /** As {@link #rowsTimesRows8} for one panel row. */
  void rowsTimesRows1(int n, float[] a, int a0, int aStep, float[] b, int b0, float[] y, int y0);

  /** {@code y[i][j] = x[j][i]} for 16 panel rows of each, bit for bit; y is not x. */
  void transpose(float[] x, int x0, float[] y, int y0);

  /**
   * Softmax over n panel rows of {@code scale * s[j] + (j >= unmasked ? maskValue : 0)}, lane by
   * lane; s is modified.
   *
   * @param statistics receives two panel rows: the largest of these numbers, and the reciprocal of
   *     the sum of exponentials of what they are less than that
   */
  void softmax(
      float[] s,
      int s0,
      int n,
      float scale,
      int unmasked,
      float maskValue,
      float[] statistics,
      int t0);

  /** What {@link #softmax} made of the same s, by the statistics that it gave. */
  void softmaxAgain(
      float[] s,
      int s0,
      int n,
      float scale,
      int unmasked,
      float maskValue,
      float[] statistics,
      int t0);

  /**
   * Scores as {@link #softmax} takes them where each lane sees keys of its own: {@code s[j] = scale
   * s[j] - slope |position - j|} for {@code from <= j < to}, and negative infinity for others.
   *
   * @param first number j of the first of the n panel rows
   * @param lanes 16 froms, 16 tos and 16 positions
   */
  void narrow(float[] s, int s0, int first, int n, float scale, float slope, float[] lanes);

  /** {@code g[j] = scale * p[j] (g[j] - sum_i p[i] g[i])} over n panel rows; g is modified. */
  void softmaxBackward(float[] p, int p0, float[] g, int g0, int n, float scale);

  /**
   * Layer norm of one panel over d panel rows.
   *
   * @param centred false for a root-mean-square norm
   * @param residual added to x first, or null
   */
  void layerNorm(
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
      int d0);

  /** Gradient of {@link #layerNorm} with respect to the sum; gs may be gy. */
  void layerNormBackward(
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
      int s0);

  /**
   * {@code y = act(x)}, {@code derivative = act'(x)} unless null, for the n elements from {@code
   * from} of each; n a multiple of 16; y may be x.
   */
  void activation(Activation act, float[] x, float[] y, float[] derivative, int from, int n);

  /**
   * {@code a = cos a - sign sin b} and {@code b = cos b + sign sin a} for pairs of panel rows; the
   * cosines of all pairs lie before the sines.
   *
   * @param step floats from the first row of a pair to that of the next pair
   * @param apart floats from the first row of a pair to its second
   */
  void rotate(int pairs, float sign, float[] turns, int t0, float[] y, int y0, int step, int apart);

  /** {@code y = a b}, or {@code y = a b + y}; n a multiple of 16; y may be a. */
  void multiply(float[] a, float[] b, float[] y, int n, boolean accumulate);

  /** {@code y = a + b}; n a multiple of 16; y may be a. */
  void add(float[] a, int a0, float[] b, int b0, float[] y, int y0, int n);

  /** {@code y = y + w x}; n a multiple of 16. */
  void axpy(float w, float[] x, int x0, float[] y, int n);

  /** {@code y = start + alpha (end - start)}; n a multiple of 16. */
  void lerp(float alpha, float[] start, float[] end, float[] y, int y0, int n);
}
