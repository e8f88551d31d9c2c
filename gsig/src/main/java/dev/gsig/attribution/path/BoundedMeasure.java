package dev.gsig.attribution.path;

import dev.gsig.attribution.internal.measure.MeasureSolver;
import java.util.Arrays;
import java.util.List;

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
record BoundedMeasure() implements PathMethod {
  private static final double LEAST = 0.5;
  private static final double MOST = 2;

  /** Differences of the phi_k below this, relative to the largest, are float32's rounding. */
  private static final double ROUNDING = 1e-6;

  @Override
  public String label() {
    return "bounded-measure";
  }

  @Override
  public String title() {
    return "bounded measure";
  }

  @Override
  public String description() {
    return "weights along the path, sparse and exactly complete";
  }

  @Override
  public String fallback() {
    return "the midpoint rule was taken";
  }

  /** The only candidate is the midpoint rule. */
  @Override
  public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
    PathRule midpoints = Quadrature.MIDPOINT.rule(options.steps(), 1);
    double[] alphas = midpoints.alphas();
    MeasureProblem problem = new MeasureProblem(norms, path.difference(), alphas, path.at(alphas));
    double[] phi = new double[alphas.length];
    Candidate midpoint = norms.exact(1, problem.combine(midpoints.weights(), phi));
    double change = norms.scoreChange();
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
      return result(midpoint, midpoint, PathMeasure.of(midpoints, false, 0));
    }
    MeasureSolver.Solution found = solver.solve(problem, within ? phi : null, n * change);
    double[] v = found.weights();
    PathRule rule = new PathRule(alphas, divided(v, n));
    Candidate chosen = norms.exact(1, divided(problem.combine(v), n));
    return result(chosen, midpoint, PathMeasure.of(rule, true, found.gap()));
  }

  private static PathResult result(Candidate chosen, Candidate midpoint, PathMeasure measure) {
    return new PathResult(chosen, List.of(midpoint), false, false, measure, null);
  }

  private static double[] divided(double[] values, double by) {
    return Arrays.stream(values).map(x -> x / by).toArray();
  }
}
