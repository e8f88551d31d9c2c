package dev.gsig.attribution.internal.math;

import java.util.Arrays;

/**
 * Not-a-knot cubic spline on given nodes, as linear functionals of the node values: evaluating it,
 * or a weighted sum of its values, is a weighted sum of whatever stands at the nodes.
 */
public final class CubicSpline {
  private final double[] nodes;

  /** {@code curvature[i][j]}: second derivative at node i per unit value at node j. */
  private final double[][] curvature;

  /**
   * A spline.
   *
   * @param nodes at least 3, strictly ascending; through 3 it is the parabola
   */
  public CubicSpline(double[] nodes) {
    if (nodes.length < 3) {
      throw new IllegalArgumentException("a not-a-knot spline needs at least 3 nodes");
    }
    this.nodes = nodes.clone();
    this.curvature = nodes.length == 3 ? parabola() : solve();
  }

  /** Twice the second divided difference, all along. */
  private double[][] parabola() {
    double[] m = new double[3];
    for (int j = 0; j < 3; j++) {
      double to = nodes[j] - nodes[(j + 1) % 3];
      m[j] = 2 / (to * (nodes[j] - nodes[(j + 2) % 3]));
    }
    return new double[][] {m, m, m};
  }

  /** Solves the tridiagonal system of the interior curvatures for every unit vector at once. */
  private double[][] solve() {
    int n = nodes.length;
    double[] h = new double[n - 1];
    for (int i = 0; i < n - 1; i++) {
      h[i] = nodes[i + 1] - nodes[i];
      if (!(h[i] > 0)) {
        throw new IllegalArgumentException("spline nodes must ascend");
      }
    }
    double[] lower = new double[n];
    double[] diagonal = new double[n];
    double[] upper = new double[n];
    double[][] m = new double[n][n];
    for (int i = 1; i < n - 1; i++) {
      lower[i] = h[i - 1];
      diagonal[i] = 2 * (h[i - 1] + h[i]);
      upper[i] = h[i];
      m[i][i - 1] = 6 / h[i - 1];
      m[i][i] = -6 / h[i - 1] - 6 / h[i];
      m[i][i + 1] = 6 / h[i];
    }
    // not-a-knot: M_0 = (1 + r) M_1 - r M_2 with r = h_0 / h_1, and likewise at the other end
    double first = h[0] / h[1];
    diagonal[1] += lower[1] * (1 + first);
    upper[1] -= lower[1] * first;
    double last = h[n - 2] / h[n - 3];
    diagonal[n - 2] += upper[n - 2] * (1 + last);
    lower[n - 2] -= upper[n - 2] * last;
    for (int i = 2; i < n - 1; i++) {
      double f = lower[i] / diagonal[i - 1];
      diagonal[i] -= f * upper[i - 1];
      for (int j = 0; j < n; j++) {
        m[i][j] -= f * m[i - 1][j];
      }
    }
    for (int i = n - 2; i >= 1; i--) {
      for (int j = 0; j < n; j++) {
        m[i][j] = (m[i][j] - upper[i] * m[i + 1][j]) / diagonal[i]; // the last row is 0 so far
      }
    }
    for (int j = 0; j < n; j++) {
      m[0][j] = (1 + first) * m[1][j] - first * m[2][j];
      m[n - 1][j] = (1 + last) * m[n - 2][j] - last * m[n - 3][j];
    }
    return m;
  }

  /**
   * Weights v of the node values such that {@code sum_j v_j y_j = sum_k w_k s(a_k)} for the spline
   * s through every y.
   *
   * @param points a_k, within the nodes
   * @param w their weights, one for each
   */
  public double[] weights(double[] points, double[] w) {
    double[] values = new double[nodes.length];
    double[] curvatures = new double[nodes.length];
    for (int k = 0; k < points.length; k++) {
      addPoint(points[k], w[k], values, curvatures);
    }
    return withCurvatures(values, curvatures);
  }

  /**
   * Weights v of the node values such that {@code sum_j v_j y_j} is the integral of the spline
   * through every y.
   *
   * @param from not before the first node
   * @param to not behind the last one, not before {@code from}
   */
  public double[] integral(double from, double to) {
    double[] values = new double[nodes.length];
    double[] curvatures = new double[nodes.length];
    for (int i = 0; i + 1 < nodes.length; i++) {
      double h = nodes[i + 1] - nodes[i];
      double begin = Math.max(0, (from - nodes[i]) / h);
      double end = Math.min(1, (to - nodes[i]) / h);
      if (begin < end) {
        values[i] += h * (half(1 - begin) - half(1 - end));
        values[i + 1] += h * (half(end) - half(begin));
        curvatures[i] += h * h * h / 6 * (bend(1 - begin) - bend(1 - end));
        curvatures[i + 1] += h * h * h / 6 * (bend(end) - bend(begin));
      }
    }
    return withCurvatures(values, curvatures);
  }

  /** The integral of t from 0 to x. */
  private static double half(double x) {
    return x * x / 2;
  }

  /** The integral of t^3 - t from 0 to x. */
  private static double bend(double x) {
    return half(x * x) / 2 - half(x);
  }

  private double[] withCurvatures(double[] values, double[] curvatures) {
    int n = nodes.length;
    for (int i = 0; i < n; i++) {
      for (int j = 0; curvatures[i] != 0 && j < n; j++) {
        values[j] += curvatures[i] * curvature[i][j];
      }
    }
    return values;
  }

  private void addPoint(double a, double w, double[] values, double[] curvatures) {
    int found = Arrays.binarySearch(nodes, a);
    if (found >= 0) {
      values[found] += w;
      return;
    }
    int i = -found - 2;
    double h = nodes[i + 1] - nodes[i];
    double right = (a - nodes[i]) / h;
    double left = 1 - right;
    values[i] += w * left;
    values[i + 1] += w * right;
    curvatures[i] += w * (left * left * left - left) * h * h / 6;
    curvatures[i + 1] += w * (right * right * right - right) * h * h / 6;
  }

  /** Weights of the node values for the spline's value at one point. */
  public double[] weightsAt(double a) {
    return weights(new double[] {a}, new double[] {1});
  }
}
