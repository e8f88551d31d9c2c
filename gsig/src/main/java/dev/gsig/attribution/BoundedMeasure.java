package dev.gsig.attribution;

import java.util.Arrays;

/**
 * The bounded path measure: keeps the straight path and its K midpoints a_k, and chooses the
 * weights w of their gradients g_k, each within a factor of two of the midpoint rule's, so that the
 * attribution is as group-sparse as it can be while it stays complete:
 *
 * <pre>
 *   minimise   sum over valid tokens j of || sum_k w_k g_k[j,:] * (E - E0)[j,:] ||_2
 *   subject to 1/(2K) &lt;= w_k &lt;= 2/K,   sum_k w_k = 1,   sum_k w_k phi_k = f(E, X) - f(E0, X0)
 *   where      phi_k = &lt;g_k, E - E0&gt; + &lt;g_k_tab, X - X0&gt;
 * </pre>
 *
 * It is convex, and solved by {@link MeasureSolver} to a certified duality gap. Where no weights
 * within the bounds are complete, the midpoint rule stands in.
 */
final class BoundedMeasure {
  private static final double LEAST = 0.5;
  private static final double MOST = 2;

  /** Differences of the phi_k below this, relative to the largest, are float32's rounding. */
  private static final double ROUNDING = 1e-6;

  private final PathGradient path;
  private final Objective objective;
  private final PathRule midpoints;
  private final double[][] gradients;

  /**
   * What was found.
   *
   * @param chosen the attribution
   * @param midpoint the same by the midpoint rule
   */
  record Solution(Candidate chosen, Candidate midpoint, PathMeasure measure) {}

  BoundedMeasure(PathGradient path, Objective objective, int steps) {
    this.path = path;
    this.objective = objective;
    midpoints = Quadrature.MIDPOINT.rule(steps, 1);
    gradients = path.at(midpoints.alphas());
  }

  /** Chooses the weights. */
  Solution solve() {
    Candidate midpoint = objective.exact(1, combine(midpoints.weights()));
    double[] phi = Arrays.stream(gradients).mapToDouble(objective::sum).toArray();
    double change = objective.scoreChange();
    double scale = Math.abs(change);
    for (double p : phi) {
      scale = Math.max(scale, Math.abs(p));
    }
    int n = phi.length;
    MeasureSolver solver = new MeasureSolver(n, LEAST, MOST, objective.grams(gradients));
    double smallest = MeasureSolver.dot(phi, solver.extreme(phi, -1)) / n;
    double largest = MeasureSolver.dot(phi, solver.extreme(phi, 1)) / n;
    double margin = 1e-9 * (largest - smallest);
    // Where the gradient is the same all along the path, any weights are complete.
    boolean same = largest - smallest <= 2 * ROUNDING * scale;
    boolean within = change > smallest + margin && change < largest - margin;
    if (!within && !(same && midpoint.gap() <= 2 * ROUNDING * scale)) {
      return new Solution(midpoint, midpoint, PathMeasure.of(midpoints, false, 0));
    }
    MeasureSolver.Solution found = solver.solve(within ? phi : null, n * change);
    double[] w = Arrays.stream(found.weights()).map(v -> v / n).toArray();
    PathRule rule = new PathRule(midpoints.alphas(), w);
    return new Solution(
        objective.exact(1, combine(w)), midpoint, PathMeasure.of(rule, true, found.gap()));
  }

  /** {@code sum_k w_k g_k}. */
  private double[] combine(double[] weights) {
    double[] sum = new double[path.difference().length];
    for (int k = 0; k < weights.length; k++) {
      double w = weights[k];
      double[] g = gradients[k];
      for (int i = 0; i < sum.length; i++) {
        sum[i] += w * g[i];
      }
    }
    return sum;
  }
}
