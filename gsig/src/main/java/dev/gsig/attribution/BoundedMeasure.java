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

  private final Objective objective;
  private final PathRule midpoints;
  private final PathGroups groups;

  /**
   * What was found.
   *
   * @param chosen the attribution
   * @param midpoint the same by the midpoint rule
   */
  record Solution(Candidate chosen, Candidate midpoint, PathMeasure measure) {}

  BoundedMeasure(PathGradient path, Objective objective, int steps) {
    this.objective = objective;
    midpoints = Quadrature.MIDPOINT.rule(steps, 1);
    double[] alphas = midpoints.alphas();
    groups = new PathGroups(objective, path.difference(), alphas, path.at(alphas));
  }

  /** Chooses the weights. */
  Solution solve() {
    double[] phi = new double[midpoints.alphas().length];
    Candidate midpoint = objective.exact(1, groups.combine(midpoints.weights(), phi));
    double change = objective.scoreChange();
    double scale = Math.abs(change);
    for (double p : phi) {
      scale = Math.max(scale, Math.abs(p));
    }
    int n = phi.length;
    MeasureSolver solver = new MeasureSolver(n, LEAST, MOST);
    double smallest = MeasureSolver.dot(phi, solver.extreme(phi, -1)) / n;
    double largest = MeasureSolver.dot(phi, solver.extreme(phi, 1)) / n;
    double margin = 1e-9 * (largest - smallest);
    // Where the gradient is the same all along the path, any weights are complete.
    boolean same = largest - smallest <= 2 * ROUNDING * scale;
    boolean within = change > smallest + margin && change < largest - margin;
    if (!within && !(same && midpoint.gap() <= 2 * ROUNDING * scale)) {
      return new Solution(midpoint, midpoint, PathMeasure.of(midpoints, false, 0));
    }
    MeasureSolver.Solution found = solver.solve(groups, within ? phi : null, n * change);
    double[] v = found.weights();
    PathRule rule = new PathRule(midpoints.alphas(), divided(v, n));
    Candidate chosen = objective.exact(1, divided(groups.combine(v), n));
    return new Solution(chosen, midpoint, PathMeasure.of(rule, true, found.gap()));
  }

  private static double[] divided(double[] values, double by) {
    return Arrays.stream(values).map(x -> x / by).toArray();
  }
}
