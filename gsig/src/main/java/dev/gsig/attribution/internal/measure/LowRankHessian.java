package dev.gsig.attribution.internal.measure;

/**
 * {@code H = D + S A S'} with a positive diagonal D, few columns in S and a positive semidefinite
 * A, solved by the Woodbury identity:
 *
 * <pre>
 *   H^-1 x = D^-1 (x - S A (I + B A)^-1 S' D^-1 x),   B = S' D^-1 S
 * </pre>
 *
 * All eigenvalues of I + B A are at least 1, so it can be factored whatever A is.
 */
final class LowRankHessian {
  private final GroupNorms norms;
  private final double[] inverse;
  private final double[] a;
  private final double[][] lu;
  private final int[] order;

  /**
   * Factors it.
   *
   * @param norms have S
   * @param a A, row-major
   * @param diagonal D
   */
  LowRankHessian(GroupNorms norms, double[] a, double[] diagonal) {
    this.norms = norms;
    this.a = a;
    int n = diagonal.length;
    int columns = norms.columns();
    inverse = new double[n];
    for (int k = 0; k < n; k++) {
      inverse[k] = 1 / diagonal[k];
    }
    double[][] b = new double[columns][columns];
    double[] scaled = new double[n];
    for (int i = 0; i < columns; i++) {
      for (int k = 0; k < n; k++) {
        scaled[k] = norms.basis()[i][k] * inverse[k];
      }
      for (int l = i; l < columns; l++) {
        b[i][l] = MeasureSolver.dot(norms.basis()[l], scaled);
        b[l][i] = b[i][l];
      }
    }
    lu = new double[columns][columns];
    for (int i = 0; i < columns; i++) {
      GroupNorms.multiply(a, b[i], lu[i]); // A is symmetric
      lu[i][i] += 1;
    }
    order = new int[columns];
    factor();
  }

  /** Rows are exchanged so that the pivot is the largest of its column. */
  private void factor() {
    int n = lu.length;
    for (int i = 0; i < n; i++) {
      int pivot = i;
      for (int k = i + 1; k < n; k++) {
        pivot = Math.abs(lu[k][i]) > Math.abs(lu[pivot][i]) ? k : pivot;
      }
      double[] row = lu[pivot];
      lu[pivot] = lu[i];
      lu[i] = row;
      order[i] = pivot;
      for (int k = i + 1; k < n; k++) {
        double[] below = lu[k];
        double x = below[i] / row[i];
        below[i] = x;
        for (int l = i + 1; l < n; l++) {
          below[l] -= x * row[l];
        }
      }
    }
  }

  /** {@code H^-1 x}. */
  double[] solve(double[] x) {
    int n = lu.length;
    double[] scaled = new double[x.length];
    for (int k = 0; k < x.length; k++) {
      scaled[k] = inverse[k] * x[k];
    }
    double[] c = norms.project(scaled);
    for (int i = 0; i < n; i++) {
      double swapped = c[order[i]];
      c[order[i]] = c[i];
      c[i] = swapped;
    }
    for (int i = 0; i < n; i++) {
      for (int l = 0; l < i; l++) {
        c[i] -= lu[i][l] * c[l];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int l = i + 1; l < n; l++) {
        c[i] -= lu[i][l] * c[l];
      }
      c[i] /= lu[i][i];
    }
    double[] q = new double[n];
    GroupNorms.multiply(a, c, q);
    double[] correction = norms.expand(q);
    for (int k = 0; k < x.length; k++) {
      scaled[k] -= inverse[k] * correction[k];
    }
    return scaled;
  }
}
