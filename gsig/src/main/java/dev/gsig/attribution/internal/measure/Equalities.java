package dev.gsig.attribution.internal.measure;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * One or two linear equalities {@code A v = b}: {@code sum v = n}, and perhaps {@code phi' v = c},
 * shifted and scaled so that its row has mean 0, which makes the rows orthogonal, and largest entry
 * 1. Immutable.
 */
final class Equalities {
  private final double[][] rows;
  private final double[] right;

  /**
   * A step of Newton's method.
   *
   * @param direction d with {@code A d = 0}
   * @param multipliers y with {@code H d + g = A' y}
   */
  record Step(double[] direction, double[] multipliers) {
    boolean isFinite() {
      return Double.isFinite(
          MeasureSolver.dot(direction, direction) + Arrays.stream(multipliers).sum());
    }
  }

  private Equalities(double[][] rows, double[] right) {
    this.rows = rows;
    this.right = right;
  }

  static Equalities sumOnly(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return new Equalities(new double[][] {ones}, new double[] {n});
  }

  /** Both; the entries of phi must not all be equal. */
  static Equalities of(double[] phi, double c) {
    int n = phi.length;
    double mean = Arrays.stream(phi).sum() / n;
    double unit = Arrays.stream(phi).map(p -> Math.abs(p - mean)).max().orElse(0);
    double[] row = Arrays.stream(phi).map(p -> (p - mean) / unit).toArray();
    Equalities sum = sumOnly(n);
    return new Equalities(
        new double[][] {sum.rows[0], row}, new double[] {n, (c - n * mean) / unit});
  }

  /** How many there are. */
  int count() {
    return rows.length;
  }

  double[] row(int i) {
    return rows[i];
  }

  double rightSide(int i) {
    return right[i];
  }

  /** {@code y' b}. */
  double value(double[] y) {
    return MeasureSolver.dot(y, right);
  }

  /** {@code (A' y)_k}. */
  double column(int k, double[] y) {
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      sum += rows[i][k] * y[i];
    }
    return sum;
  }

  /**
   * Solves {@code H d + g = A' y, A d = 0} by the Schur complement.
   *
   * @param inverse x to {@code H^-1 x}, H positive definite
   */
  Step newton(UnaryOperator<double[]> inverse, double[] g) {
    int n = g.length;
    double[] newton = inverse.apply(g);
    double[][] columns = Arrays.stream(rows).map(inverse).toArray(double[][]::new);
    // A H^-1 A' y = A H^-1 g
    double a = MeasureSolver.dot(rows[0], columns[0]);
    double p = MeasureSolver.dot(rows[0], newton);
    double[] y;
    if (rows.length == 1) {
      y = new double[] {p / a};
    } else {
      double b = MeasureSolver.dot(rows[0], columns[1]);
      double c = MeasureSolver.dot(rows[1], columns[1]);
      double q = MeasureSolver.dot(rows[1], newton);
      double determinant = a * c - b * b;
      y = new double[] {(c * p - b * q) / determinant, (a * q - b * p) / determinant};
    }
    double[] d = new double[n];
    for (int k = 0; k < n; k++) {
      d[k] = -newton[k];
      for (int i = 0; i < rows.length; i++) {
        d[k] += columns[i][k] * y[i];
      }
    }
    return new Step(projected(d), y);
  }

  /** Takes out what rounding left of {@code A d}; the rows are orthogonal. */
  private double[] projected(double[] d) {
    for (double[] row : rows) {
      double share = MeasureSolver.dot(row, d) / MeasureSolver.dot(row, row);
      for (int k = 0; k < d.length; k++) {
        d[k] -= share * row[k];
      }
    }
    return d;
  }
}
