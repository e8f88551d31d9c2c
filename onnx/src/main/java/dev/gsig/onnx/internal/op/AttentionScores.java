package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;

/**
 * The scores of a head, {@code [rows, columns]} each, at the four points where they can be asked
 * for: {@code s = scale Q K'}, {@code c = cap tanh(s / cap)}, {@code c + bias}, and their softmax.
 * A row that sees nothing is zero.
 *
 * @param points the scores, in this order
 * @param scale what products are multiplied by
 * @param cap what scores stay below, or 0
 */
record AttentionScores(double[][] points, double scale, double cap) {
  private static final int RAW = 0;
  private static final int CAPPED = 1;
  private static final int BIASED = 2;
  private static final int SOFT = 3;

  /** The scores of a head with a bias. */
  static AttentionScores of(
      AttentionParts parts, int batch, int head, double scale, double cap, double[] bias) {
    int rows = parts.rows();
    int columns = parts.columns();
    double[] raw = new double[Shapes.size(rows, columns)];
    Product.add(
        parts.q().matrix(batch, head),
        parts.k().matrix(batch, parts.keyHead(head)).transposed(),
        new Product.Matrix(raw, 0, columns, 1),
        rows,
        parts.q().size(),
        columns);
    double[] capped = new double[raw.length];
    double[] biased = new double[raw.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] *= scale;
      capped[i] = cap == 0 ? raw[i] : cap * StrictMath.tanh(raw[i] / cap);
      biased[i] = capped[i] + bias[i];
    }
    double[] soft = new double[raw.length];
    for (int row = 0; row < rows; row++) {
      int start = row * columns;
      boolean isSeeing = false;
      for (int i = start; i < start + columns; i++) {
        isSeeing |= bias[i] != Double.NEGATIVE_INFINITY;
      }
      if (isSeeing) {
        double[] p = Softmax.of(Arrays.copyOfRange(biased, start, start + columns));
        System.arraycopy(p, 0, soft, start, columns);
      }
    }
    return new AttentionScores(new double[][] {raw, capped, biased, soft}, scale, cap);
  }

  double[] soft() {
    return points[SOFT];
  }

  /**
   * Takes the gradient back from the softmax to the products {@code Q K'}.
   *
   * @param g the gradient by the softmax, replaced by that by the products
   * @param asked the gradient by the scores of one point, which is added there
   * @param point which
   * @param columns scores in a row
   * @return the gradient by the bias
   */
  double[] back(double[] g, double[] asked, int point, int columns) {
    add(g, asked, point == SOFT);
    for (int start = 0; start < g.length; start += columns) {
      double[] p = Arrays.copyOfRange(soft(), start, start + columns);
      double[] gp = Arrays.copyOfRange(g, start, start + columns);
      System.arraycopy(Softmax.gradient(p, gp), 0, g, start, columns);
    }
    add(g, asked, point == BIASED);
    double[] gbias = g.clone();
    add(g, asked, point == CAPPED);
    for (int i = 0; i < g.length; i++) {
      double t = cap == 0 ? 0 : points[CAPPED][i] / cap;
      g[i] *= 1 - t * t;
    }
    add(g, asked, point == RAW);
    for (int i = 0; i < g.length; i++) {
      g[i] *= scale;
    }
    return gbias;
  }

  private static void add(double[] to, double[] more, boolean isAsked) {
    for (int i = 0; isAsked && i < to.length; i++) {
      to[i] += more[i];
    }
  }
}
