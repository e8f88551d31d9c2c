package dev.gsig.attribution.path;

import dev.gsig.attribution.path.PathResult.Convergence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Integrated gradients to a tolerance: the integral of the cubic spline through {@link
 * SharedNodes}, five at first, then nine, then more where leaving one out changes most. It is done
 * when two guards are within the tolerance: the estimate of the attribution's error, made of what
 * splines through half the nodes miss, and the completeness gap, which is exact but may cancel.
 */
final class AdaptiveIntegral {
  private static final int FIRST_NODES = 5;

  /** Where so much of the score changes within so little of the path, no node helps. */
  private static final double NEARLY_ALL = 0.9;

  private static final double VERY_END = 1.0 / 1024;

  /**
   * Of what splines through half the nodes miss, as much is taken for the error. Of 200 demo
   * patients, 200 random smooth models and 200 with ReLUs, whose gradient jumps, none was further
   * off than a tolerance of 1% without knowing; with half the shares some were ({@code
   * ToleranceTest} of the slow profile).
   */
  private static final double SMOOTH_SHARE = 0.25;

  private static final double JUMPING_SHARE = 2;

  static final SharedNodes.Reading INTEGRAL = spline -> spline.integral(0, 1);

  private final PathGradient path;
  private final AttributionNorms norms;
  private final double tolerance;
  private final SharedNodes nodes;
  private final Integral integral;

  /** Adds nodes until the integral is known. */
  AdaptiveIntegral(PathGradient path, AttributionNorms norms, double tolerance) {
    this.path = path;
    this.norms = norms;
    this.tolerance = tolerance;
    int first = path.isSmooth() ? FIRST_NODES : SharedNodes.UNIFORM_NODES;
    nodes = new SharedNodes(path, norms, first);
    integral = computed();
  }

  /** The attribution of one straight path. Not to be modified. */
  record Integral(double[] attribution, Convergence convergence) {}

  /**
   * The attribution along a path; along a mean of several paths the mean of theirs, each to the
   * tolerance. The error of a mean is at most the mean of the errors; relative to a mean of parts
   * that cancel it may be beyond the tolerance, which is then not reached.
   */
  static PathResult over(PathGradient path, AttributionNorms norms, double tolerance) {
    List<Integral> parts = new ArrayList<>();
    path.parts(part -> parts.add(norms.along(part).integral(tolerance).integral()));
    int n = parts.size();
    if (n == 1) {
      return norms.result(parts.get(0).attribution, parts.get(0).convergence);
    }
    double[] mean = new double[path.size()];
    double error = 0;
    for (Integral part : parts) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += part.attribution[i] / n;
      }
      error += part.convergence.error() * norms.l21(part.attribution) / n;
    }
    double l21 = norms.l21(mean);
    Convergence.Side steep =
        parts.stream()
            .map(part -> part.convergence.steepEnd())
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    double relative = error == 0 ? 0 : error / l21;
    Double gap = norms.relativeGap(norms.gap(Arrays.stream(mean).sum()));
    boolean reached =
        parts.stream().allMatch(part -> part.convergence.reached())
            && relative <= tolerance
            && (gap == null || gap <= tolerance);
    return norms.result(mean, new Convergence(tolerance, relative, reached, steep));
  }

  double tolerance() {
    return tolerance;
  }

  Integral integral() {
    return integral;
  }

  /** The nodes that the integral took, to which the caller may add. */
  SharedNodes nodes() {
    return nodes.copy();
  }

  private Integral computed() {
    while (true) {
      double[] attribution = Arrays.copyOf(nodes.attribution(nodes.weights(INTEGRAL)), path.size());
      double error = error(nodes, INTEGRAL, attribution);
      Double gap = norms.relativeGap(norms.gap(Arrays.stream(attribution).sum()));
      boolean reached = error <= tolerance && (gap == null || gap <= tolerance);
      Convergence.Side steep = reached ? null : steepEnd();
      if (reached || steep != null || !nodes.refine(List.of(INTEGRAL))) {
        return new Integral(attribution, new Convergence(tolerance, error, reached, steep));
      }
    }
  }

  /** The estimate of an attribution's relative error that is read off some nodes of the path. */
  double error(SharedNodes nodes, SharedNodes.Reading reading, double[] attribution) {
    double share = path.isSmooth() ? SMOOTH_SHARE : JUMPING_SHARE;
    double largest = 0;
    for (double[] weights : nodes.missed(reading)) {
      double missed = norms.relative(nodes.attribution(weights), attribution);
      largest = Math.max(largest, share * missed);
    }
    return largest;
  }

  /** An end at which nearly all of the score changes; null if there is none. */
  private Convergence.Side steepEnd() {
    double[] inner = {nodes.node(1), nodes.node(-2)};
    double change = Math.abs(norms.scoreChange());
    if (Math.min(inner[0], 1 - inner[1]) > VERY_END || norms.relativeGap(0) == null) {
      return null;
    }
    double[] scores = path.scores(inner);
    if (inner[0] <= VERY_END && isNearlyAll(scores[0] - path.startScore(), change)) {
      return Convergence.Side.START;
    }
    boolean atEnd = 1 - inner[1] <= VERY_END && isNearlyAll(path.endScore() - scores[1], change);
    return atEnd ? Convergence.Side.END : null;
  }

  private static boolean isNearlyAll(double part, double change) {
    return Math.abs(part) >= NEARLY_ALL * change;
  }
}
