package dev.gsig.attribution.path;

import dev.gsig.attribution.path.PathResult.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The objective and the completeness gap at every theta, read off gradients at shared nodes: theta
 * only changes the weights of one integrand.
 */
final class ThetaCurve {
  /**
   * How many times the error of an objective is taken for the error of an attribution, whose parts
   * do not make up for each other; with once 1 of 200 smooth models was 1.3 times as far off as
   * stated.
   */
  private static final double OF_ATTRIBUTION = 2;

  private final SharedNodes nodes;
  private final AttributionNorms norms;
  private final int steps;
  private final Map<Double, Quadrature.Rule> rules = new HashMap<>();

  /** What the nodes that there are tell of each theta. */
  private final Map<Double, Candidate> estimates = new HashMap<>();

  private boolean hitLimit;

  /**
   * A curve.
   *
   * @param steps K of the right Riemann sum
   */
  ThetaCurve(PathGradient path, AttributionNorms norms, int steps) {
    this.norms = norms;
    this.steps = steps;
    nodes = new SharedNodes(path, norms, SharedNodes.UNIFORM_NODES);
  }

  /**
   * Adds nodes until the objective of every theta is known well enough, or there are as many as may
   * be, or nothing is left to bisect: then {@link #hitLimit()}.
   *
   * @param thetas candidates; the first is the one that the others are compared with
   * @param full to the accuracy for every theta; otherwise for the first, and until the smallest is
   *     certain to 0.1%
   * @param accuracy relative
   * @return the estimated candidates, in the order of thetas
   */
  List<Candidate> search(double[] thetas, boolean full, double accuracy) {
    while (true) {
      List<Candidate> curve = Arrays.stream(thetas).mapToObj(this::estimate).toList();
      List<SharedNodes.Wanted> wanted =
          full ? unknown(curve, accuracy) : undecided(curve, accuracy);
      hitLimit = !wanted.isEmpty() && !refineTo(wanted);
      if (wanted.isEmpty() || hitLimit) {
        return curve;
      }
    }
  }

  /** What is wanted of those that are not known. */
  private List<SharedNodes.Wanted> unknown(List<Candidate> curve, double accuracy) {
    return curve.stream()
        .filter(c -> !c.isAccurate(accuracy))
        .map(c -> wanted(c, accuracy * c.objective()))
        .toList();
  }

  /**
   * What is wanted of the first, where it is not known, and of those that may be smaller than the
   * smallest by more than 0.1%: that its error and theirs fit in between, half of it each.
   */
  private List<SharedNodes.Wanted> undecided(List<Candidate> curve, double accuracy) {
    List<SharedNodes.Wanted> all = new ArrayList<>(unknown(curve.subList(0, 1), accuracy));
    Candidate best = curve.stream().min(Comparator.comparingDouble(Candidate::objective)).get();
    double ofBest = Double.POSITIVE_INFINITY;
    for (Candidate c : curve) {
      double between = (1 + Candidate.ACCURACY) * c.objective() - best.objective();
      double least = (1 + Candidate.ACCURACY) * (c.objective() - c.objectiveError());
      if (c.theta() != best.theta() && best.objective() + best.objectiveError() > least) {
        all.add(wanted(c, between / 2 / (1 + Candidate.ACCURACY)));
        ofBest = Math.min(ofBest, between / 2);
      }
    }
    if (best.objectiveError() > ofBest) {
      all.add(wanted(best, ofBest));
    }
    return all;
  }

  private SharedNodes.Wanted wanted(Candidate c, double error) {
    return new SharedNodes.Wanted(reading(c.theta()), error);
  }

  int size() {
    return nodes.size();
  }

  /** Whether the last search ended before it knew what it had to know. */
  boolean hitLimit() {
    return hitLimit;
  }

  /** The objective and the completeness gap at theta, and the errors of both. */
  Candidate estimate(double theta) {
    return estimates.computeIfAbsent(theta, this::computed);
  }

  private Candidate computed(double theta) {
    SharedNodes.Reading reading = reading(theta);
    double[] weights = nodes.weights(reading);
    List<double[]> differences = nodes.missed(reading);
    List<AttributionNorms.Sums> sums =
        nodes.norms(List.of(weights, differences.get(0), differences.get(1)));
    double gap = norms.gap(nodes.sum(weights));
    double error = 0;
    double gapError = 0;
    for (int i = 0; i < differences.size(); i++) {
      AttributionNorms.Sums missed = sums.get(i + 1);
      error = Math.max(error, nodes.errorShare() * norms.value(missed));
      // A sum that happens to cancel says nothing of its error: the norm stands below it.
      double ofSum = Math.max(Math.abs(nodes.sum(differences.get(i))), missed.norm());
      gapError = Math.max(gapError, nodes.errorShare() * ofSum);
    }
    AttributionNorms.Sums whole = sums.get(0);
    return Candidate.estimated(theta, norms.value(whole), error, whole.l21, gap, gapError);
  }

  /** The sum of the gradient at theta over all inputs, as the spline through the nodes has it. */
  double[] sum(double theta) {
    return nodes.sum(reading(theta));
  }

  /** The estimate of the relative error of the attribution that such a sum makes. */
  double attributionError(Candidate attributed) {
    double error = 0;
    for (double[] difference : nodes.missed(reading(attributed.theta()))) {
      double missed = norms.relative(nodes.attribution(difference), attributed.attribution());
      error = Math.max(error, OF_ATTRIBUTION * nodes.errorShare() * missed);
    }
    return error;
  }

  /**
   * Adds nodes where they matter most at theta.
   *
   * @return false if there is nothing left to bisect
   */
  boolean refine(double theta) {
    return added(nodes.refine(List.of(reading(theta))));
  }

  private boolean refineTo(List<SharedNodes.Wanted> wanted) {
    return added(nodes.refineTo(wanted));
  }

  /** Of nodes that were added the estimates know nothing. */
  private boolean added(boolean any) {
    if (any) {
      estimates.clear();
    }
    return any;
  }

  private SharedNodes.Reading reading(double theta) {
    Quadrature.Rule rule = rules.computeIfAbsent(theta, t -> Quadrature.RIGHT.rule(steps, t));
    return spline -> spline.weights(rule.alphas(), rule.weights());
  }
}
