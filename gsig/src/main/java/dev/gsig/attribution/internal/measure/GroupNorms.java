package dev.gsig.attribution.internal.measure;

/**
 * A sum of norms, {@code F(v) = sum_j || M_j v ||_2}, with few columns: {@code M_j = C_j S'}, so
 * that the norm is {@code sqrt(c' N_j c)} with {@code c = S' v} and {@code N_j = C_j' C_j}.
 *
 * @param basis S', {@code [columns][K]}
 * @param grams N_j, {@code [columns, columns]} row-major each, symmetric, positive semidefinite
 */
public record GroupNorms(double[][] basis, double[][] grams) {
  /** Number of groups. */
  public int groups() {
    return grams.length;
  }

  /** Width of S. */
  public int columns() {
    return basis.length;
  }

  /** {@code S' v}. */
  public double[] project(double[] v) {
    double[] c = new double[basis.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = MeasureSolver.dot(basis[i], v);
    }
    return c;
  }

  /** {@code S q}. */
  double[] expand(double[] q) {
    double[] v = new double[basis[0].length];
    for (int i = 0; i < q.length; i++) {
      double x = q[i];
      double[] row = basis[i];
      for (int k = 0; k < v.length; k++) {
        v[k] += x * row[k];
      }
    }
    return v;
  }

  /** {@code scale * N_j c} of every group. */
  public void images(double scale, double[] c, double[][] out) {
    for (int j = 0; j < grams.length; j++) {
      multiply(grams[j], c, out[j]);
      for (int i = 0; i < c.length; i++) {
        out[j][i] *= scale;
      }
    }
  }

  /** {@code M c} for a square matrix. */
  static void multiply(double[] matrix, double[] c, double[] out) {
    int n = c.length;
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int l = 0; l < n; l++) {
        sum += matrix[i * n + l] * c[l];
      }
      out[i] = sum;
    }
  }
}
