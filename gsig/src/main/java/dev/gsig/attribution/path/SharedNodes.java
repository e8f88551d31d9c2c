package dev.gsig.attribution.path;

import dev.gsig.attribution.internal.math.CubicSpline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Gradients at adaptive nodes, shared by all thetas: theta only changes the weights of one
 * integrand, so the sum for any theta is estimated by a cubic spline through the node gradients.
 * Nodes start uniform and are bisected where leaving one out changes most, until the stop rule is
 * met.
 */
final class SharedNodes {
  private static final int FIRST_NODES = 9;
  private static final int MOST_NODES = 129;
  private static final int NEW_NODES = 8;

  /** Share of the leave-out difference that is taken for the error of a smooth integrand. */
  private static final double SMOOTH_ERROR_SHARE = 0.25;

  /**
   * Leave-out differences that are taken for the error of an integrand that jumps: halving the
   * intervals gains little there, and both splines may miss the same jump. The largest error seen,
   * of 6,000 estimates on random ReLU models, was ten leave-out differences, all but 2% were below
   * one.
   */
  private static final double JUMPING_ERROR_SHARE = 4;

  /** Intervals below this are left alone: float32 hardly tells their points apart. */
  private static final double NARROWEST = 1e-6;

  private final PathGradient path;
  private final AttributionNorms norms;
  private final int steps;
  private final double errorShare;
  private final double[] combined;
  private final Map<Double, PathRule> rules = new HashMap<>();
  private double[] nodes;
  private double[][] gradients;
  private double[] sums;
  private List<Coarse> coarse;
  private CubicSpline spline;
  private boolean hitLimit;

  /** The spline without every other interior node. */
  private record Coarse(int[] kept, int[] left, CubicSpline spline) {}

  SharedNodes(PathGradient path, AttributionNorms norms, int steps) {
    this.path = path;
    this.norms = norms;
    this.steps = steps;
    combined = path.array();
    errorShare = path.isSmooth() ? SMOOTH_ERROR_SHARE : JUMPING_ERROR_SHARE;
    nodes = IntStream.range(0, FIRST_NODES).mapToDouble(i -> i / (FIRST_NODES - 1.0)).toArray();
    gradients = path.at(nodes);
    update();
  }

  /**
   * Adds nodes until the objective of every theta is known well enough, or there are {@value
   * #MOST_NODES}, or nothing is left to bisect: then {@link #hitLimit()}.
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
      boolean done =
          isAccurate(full ? curve : curve.subList(0, 1), accuracy) && (full || isDecided(curve));
      hitLimit = !done && (nodes.length >= MOST_NODES || !refine(thetas));
      if (done || hitLimit) {
        return curve;
      }
    }
  }

  int size() {
    return nodes.length;
  }

  /** Whether the last search ended before it knew what it had to know. */
  boolean hitLimit() {
    return hitLimit;
  }

  private static boolean isAccurate(List<Candidate> curve, double accuracy) {
    return curve.stream().allMatch(c -> c.isAccurate(accuracy));
  }

  private static boolean isDecided(List<Candidate> curve) {
    Candidate best = curve.stream().min(Comparator.comparingDouble(Candidate::objective)).get();
    double most = best.objective() + best.objectiveError();
    return curve.stream()
        .allMatch(
            c ->
                c.theta() == best.theta()
                    || most <= (1 + Candidate.ACCURACY) * (c.objective() - c.objectiveError()));
  }

  /** The objective and the completeness gap at theta, and the errors of both. */
  Candidate estimate(double theta) {
    PathRule rule = rule(theta);
    double[] weights = spline.weights(rule.alphas(), rule.weights());
    double[] attribution = combine(weights);
    double value = norms.value(attribution);
    double l21 = norms.l21(attribution);
    double gap = norms.gap(sum(weights));
    double error = 0;
    double gapError = 0;
    for (Coarse c : coarse) {
      double[] difference = weights.clone();
      double[] w = c.spline.weights(rule.alphas(), rule.weights());
      for (int i = 0; i < w.length; i++) {
        difference[c.kept[i]] -= w[i];
      }
      double[] missed = combine(difference);
      error = Math.max(error, errorShare * norms.value(missed));
      // A sum that happens to cancel says nothing of its error: the norm stands below it.
      double ofSum = Math.max(Math.abs(sum(difference)), norms.norm(missed));
      gapError = Math.max(gapError, errorShare * ofSum);
    }
    return Candidate.estimated(theta, value, error, l21, gap, gapError);
  }

  private PathRule rule(double theta) {
    return rules.computeIfAbsent(theta, t -> Quadrature.RIGHT.rule(steps, t));
  }

  /** What the attributions add up to. */
  private double sum(double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * sums[i];
    }
    return sum;
  }

  /** The sum of the gradient by a rule, over all inputs, as the spline through the nodes has it. */
  double[] sum(PathRule rule) {
    double[] weights = spline.weights(rule.alphas(), rule.weights());
    double[] sum = new double[path.size()];
    for (int i = 0; i < weights.length; i++) {
      addTo(sum, sum.length, weights[i], gradients[i]);
    }
    return sum;
  }

  /** The attribution {@code sum_i weights[i] difference * gradients[i]}, until the next call. */
  private double[] combine(double[] weights) {
    Arrays.fill(combined, 0, path.size(), 0);
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] != 0) {
        addTo(combined, path.size(), weights[i], gradients[i]);
      }
    }
    double[] difference = path.difference();
    for (int i = 0; i < path.size(); i++) {
      combined[i] *= difference[i];
    }
    return combined;
  }

  private static void addTo(double[] sum, int count, double weight, double[] gradient) {
    for (int e = 0; e < count; e++) {
      sum[e] += weight * gradient[e];
    }
  }

  private void update() {
    spline = new CubicSpline(nodes);
    sums = Arrays.stream(gradients).mapToDouble(this::sumOf).toArray();
    coarse = List.of(without(1), without(0));
  }

  /** What the attributions of a gradient add up to. */
  private double sumOf(double[] gradient) {
    double[] difference = path.difference();
    double sum = 0;
    for (int i = 0; i < path.size(); i++) {
      sum += difference[i] * gradient[i];
    }
    return sum;
  }

  private Coarse without(int parity) {
    int n = nodes.length;
    int[] left = IntStream.range(1, n - 1).filter(i -> i % 2 == parity).toArray();
    int[] kept =
        IntStream.range(0, n).filter(i -> i == 0 || i == n - 1 || i % 2 != parity).toArray();
    double[] at = Arrays.stream(kept).mapToDouble(i -> nodes[i]).toArray();
    return new Coarse(kept, left, new CubicSpline(at));
  }

  /**
   * Bisects on both sides of the nodes that matter most.
   *
   * @return false if there is nothing left to bisect: the gradient jumps at a node
   */
  private boolean refine(double[] thetas) {
    double[] mass = new double[nodes.length];
    for (double theta : thetas) {
      PathRule rule = rule(theta);
      double[] w = spline.weights(rule.alphas(), rule.weights());
      for (int i = 0; i < mass.length; i++) {
        mass[i] = Math.max(mass[i], Math.abs(w[i]));
      }
    }
    double[] importance = new double[nodes.length];
    for (Coarse c : coarse) {
      for (int i : c.left) {
        importance[i] = mass[i] * leaveOutResidual(c, i);
      }
    }
    Integer[] order = IntStream.range(1, nodes.length - 1).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> -importance[i]));
    double least = importance[order[0]] / 4;
    TreeSet<Double> added = new TreeSet<>();
    for (int i : order) {
      if (importance[i] < least || added.size() >= NEW_NODES) {
        break;
      }
      for (int left = i - 1; left <= i; left++) {
        if (nodes[left + 1] - nodes[left] > NARROWEST) {
          added.add((nodes[left] + nodes[left + 1]) / 2);
        }
      }
    }
    int room = MOST_NODES - nodes.length;
    insert(added.stream().limit(room).mapToDouble(Double::doubleValue).toArray());
    return !added.isEmpty();
  }

  private double leaveOutResidual(Coarse c, int node) {
    double[] w = c.spline.weightsAt(nodes[node]);
    double[] residual = new double[nodes.length];
    for (int i = 0; i < w.length; i++) {
      residual[c.kept[i]] = -w[i];
    }
    residual[node] = 1;
    return norms.value(combine(residual));
  }

  private void insert(double[] added) {
    double[][] more = path.at(added);
    List<double[]> all = new ArrayList<>(Arrays.asList(gradients));
    all.addAll(Arrays.asList(more));
    double[] at = Arrays.copyOf(nodes, nodes.length + added.length);
    System.arraycopy(added, 0, at, nodes.length, added.length);
    int[] order =
        IntStream.range(0, at.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> at[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    nodes = Arrays.stream(order).mapToDouble(i -> at[i]).toArray();
    gradients = Arrays.stream(order).mapToObj(all::get).toArray(double[][]::new);
    update();
  }
}
