package dev.gsig.attribution.internal.math;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gauss-Legendre points and weights on [0, 1]: the roots of a Legendre polynomial P_n, by Newton's
 * iteration from Tricomi's estimates. The work grows as the square of n, so a rule is made once and
 * kept. Nodes are found by their distance to the nearer end, in which P_n is evaluated without the
 * cancellation that the recurrence in x has there.
 */
public final class GaussLegendre {
  /** More would take minutes; some dozens are more than anybody needs. */
  public static final int MOST = 10_000;

  /** A few sizes are in use at a time. */
  private static final int KEPT = 8;

  private static final Map<Integer, Rule> RULES =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Rule> eldest) {
          return size() > KEPT;
        }
      };

  /**
   * A rule. Arrays are shared by all who ask for it, and not to be modified.
   *
   * @param points in [0, 1], ascending
   * @param weights one for each; they sum to 1
   */
  public record Rule(double[] points, double[] weights) {}

  private GaussLegendre() {}

  /** The rule with n points, n at least 1. */
  public static Rule rule(int n) {
    synchronized (RULES) {
      return RULES.computeIfAbsent(n, GaussLegendre::compute);
    }
  }

  private static Rule compute(int n) {
    double[] a = new double[n];
    double[] w = new double[n];
    double[] of = new double[n];
    double[] less = new double[n];
    for (int k = 0; k < n; k++) {
      less[k] = k / (k + 1.0);
      of[k] = (2 * k + 1) / (k + 1.0);
    }
    for (int i = 0; i < (n + 1) / 2; i++) {
      double half = StrictMath.sin(Math.PI / 2 * (i + 0.75) / (n + 0.5));
      double s = 2 * i + 1 == n ? 1 : 2 * half * half;
      double before = 0;
      double step = s;
      // P_n has the wave length sqrt(2 s) / n: steps far below it leave nothing to a next one.
      for (int k = 0; k < 20 && n * Math.abs(step) > 1e-9 * Math.sqrt(2 * s); k++) {
        double value = 1;
        double rise = 0;
        for (int j = 0; j < n; j++) {
          rise = less[j] * rise - of[j] * (s * value);
          value += rise;
        }
        before = value - rise;
        double slope = n * (s * value - rise) / (s * (2 - s));
        step = s == 1 ? 0 : value / slope;
        s += step;
        // to the root with P_(n-1), too, whose slope there is n x P_(n-1) / (1 - x^2)
        before -= step * n * (1 - s) * before / (s * (2 - s));
      }
      a[i] = s / 2;
      a[n - 1 - i] = 1 - s / 2;
      w[i] = s * (2 - s) / ((double) n * n * before * before);
      w[n - 1 - i] = w[i];
    }
    return new Rule(a, w);
  }
}
