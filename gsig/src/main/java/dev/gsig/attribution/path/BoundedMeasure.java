package dev.gsig.attribution.path;

import dev.gsig.attribution.internal.measure.MeasureSolver;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.PathResult.Convergence;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The bounded path measure: keeps the straight path, cuts it into K cells, and chooses the weights
 * w of their mean gradients g_k, each within a factor of two of 1/K, so that the attribution is as
 * group-sparse as it can be while it stays complete:
 *
 * <pre>
 *   minimise   sum over valid tokens j of || sum_k w_k g_k[j,:] * (E - E0)[j,:] ||_2
 *   subject to 1/(2K) &lt;= w_k &lt;= 2/K,   sum_k w_k = 1,   sum_k w_k phi_k = f(E, X) - f(E0, X0)
 *   where      phi_k = &lt;g_k, E - E0&gt; + &lt;g_k_tab, X - X0&gt;
 * </pre>
 *
 * It is GS-IG's objective on GS-IG's line under exact completeness: any density between 1/2 and 2,
 * constant within each cell, in place of points at t^theta. Integrals weighted along the path are
 * those of path-weighted integrated gradients (Kamalov, Al Falasi and Thabtah, 2025, arXiv
 * 2509.17491), whose weighting is given, and of path-sampled integrated gradients (Kamalov,
 * Thabtah, Sivaraj and Abdelhamid, 2026, arXiv 2604.14338), which are the former with the
 * distribution function of the sampled baselines. Here the weights are chosen for each patient.
 *
 * <p>The mean gradients are read off the nodes of an integral to a tolerance; with a number of
 * steps they are the gradients at the K midpoints. It is convex, and solved by {@link
 * MeasureSolver} to a certified duality gap. Where no weights within the bounds are complete, equal
 * ones stand in.
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
    return "equal weights were taken";
  }

  @Override
  public Set<MethodOption> uses() {
    return MethodOption.with(MethodOption.OF_A_BASELINE, MethodOption.TOLERANCE);
  }

  /** The only candidate is the rule of equal weights. */
  @Override
  public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
    Quadrature.Rule midpoints = Quadrature.MIDPOINT.rule(options.steps(), 1);
    return options.tolerance() == null
        ? solve(norms, midpoints, atMidpoints(path, norms, midpoints)).result(null)
        : onNodes(path, norms, midpoints, options.tolerance());
  }

  private static MeasureProblem atMidpoints(
      PathGradient path, AttributionNorms norms, Quadrature.Rule midpoints) {
    double[] alphas = midpoints.alphas();
    return new MeasureProblem(norms, path.difference(), alphas, path.at(alphas));
  }

  /**
   * Solves it for the mean gradients of K cells, which are read off the nodes of an integral to a
   * tolerance; more nodes where the attribution under the weights found is not known as well.
   */
  private static PathResult onNodes(
      PathGradient path, AttributionNorms norms, Quadrature.Rule midpoints, double tolerance) {
    AdaptiveIntegral integral = norms.along(path).integral(tolerance);
    Convergence convergence = integral.integral().convergence();
    SharedNodes nodes = integral.nodes();
    while (true) {
      MeasureProblem problem = ofCells(path, norms, midpoints.alphas(), nodes);
      Solved solved = solve(norms, midpoints, problem);
      SharedNodes.Reading reading = density(solved.weights());
      double error = integral.error(nodes, reading, solved.chosen.attribution());
      boolean known = error <= tolerance;
      boolean refined =
          convergence.reached()
              && !known
              && nodes.refine(List.of(AdaptiveIntegral.INTEGRAL, reading));
      if (!refined) {
        return solved.result(
            new Convergence(
                tolerance, error, convergence.reached() && known, convergence.steepEnd()));
      }
    }
  }

  /** Of the nodes, or of the cells' means where these are fewer. */
  private static MeasureProblem ofCells(
      PathGradient path, AttributionNorms norms, double[] midpoints, SharedNodes nodes) {
    int cells = midpoints.length;
    double[][] shares = new double[cells][];
    double[][] means = nodes.size() > cells ? new double[cells][] : null;
    for (int k = 0; k < cells; k++) {
      double[] one = new double[cells];
      one[k] = 1;
      if (means == null) {
        shares[k] = nodes.weights(density(one));
      } else {
        means[k] = nodes.sum(density(one));
      }
    }
    return means == null
        ? new MeasureProblem(norms, path.difference(), midpoints, nodes.gradients(), shares)
        : new MeasureProblem(norms, path.difference(), midpoints, means);
  }

  /** The integral under a density that is the same all over each of K cells. */
  private static SharedNodes.Reading density(double[] weights) {
    int n = weights.length;
    return spline -> {
      double[] sum = new double[0];
      for (int k = 0; k < n; k++) {
        if (weights[k] != 0) {
          double[] cell = spline.integral((double) k / n, (k + 1.0) / n);
          sum = sum.length == 0 ? new double[cell.length] : sum;
          for (int i = 0; i < sum.length; i++) {
            sum[i] += n * weights[k] * cell[i];
          }
        }
      }
      return sum;
    };
  }

  /** What was found, beside the rule of equal weights. */
  private record Solved(Candidate chosen, Candidate equal, PathResult.Measure measure) {
    double[] weights() {
      return measure.weights().stream().mapToDouble(Double::doubleValue).toArray();
    }

    PathResult result(Convergence convergence) {
      return new PathResult(chosen, List.of(equal), false, false, measure, convergence);
    }
  }

  private static Solved solve(
      AttributionNorms norms, Quadrature.Rule midpoints, MeasureProblem problem) {
    double[] alphas = midpoints.alphas();
    double[] phi = new double[alphas.length];
    Candidate equal = norms.exact(1, problem.combine(midpoints.weights(), phi));
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
    if (!within && !(same && equal.gap() <= 2 * ROUNDING * scale)) {
      return new Solved(equal, equal, PathResult.Measure.of(midpoints, false, 0));
    }
    MeasureSolver.Solution found = solver.solve(problem, within ? phi : null, n * change);
    double[] v = found.weights();
    Quadrature.Rule rule = new Quadrature.Rule(alphas, divided(v, n));
    Candidate chosen = norms.exact(1, divided(problem.combine(v), n));
    return new Solved(chosen, equal, PathResult.Measure.of(rule, true, found.gap()));
  }

  private static double[] divided(double[] values, double by) {
    return Arrays.stream(values).map(x -> x / by).toArray();
  }
}
