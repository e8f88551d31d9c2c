package dev.gsig.attribution.path;

import dev.gsig.attribution.internal.math.CubicSpline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Gradients at adaptive nodes of a path, and the cubic spline through them. Whatever is linear in
 * the gradient along the path is read off it: the sum for any theta, the integral. Nodes start
 * uniform and are bisected where leaving one out changes most.
 */
final class SharedNodes {
  /** There are no more nodes than these. */
  static final int MOST_NODES = 129;

  /** So many are uniform before any is chosen. */
  static final int UNIFORM_NODES = 9;

  private static final int NEW_NODES = 8;

  /**
   * What the nodes that are not bisected may leave out, in errors that are wanted. Their parts are
   * added up as if none made up for another, and most do: by trial on the demo, the fewest
   * gradients before there were more rounds for it.
   */
  private static final double LEFT_OUT = 3;

  /** Entries of the inputs that are worked on at once. */
  private static final int PART = 256;

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

  /** To work in. */
  private final double[][] attributions;

  private double[] nodes;
  private double[][] gradients;
  private double[] sums;
  private List<Coarse> coarse;
  private CubicSpline spline;

  /** What is linear in the gradient along the path: a sum or an integral. */
  interface Reading {
    /** The weights of what stands at the nodes of a spline. */
    double[] weights(CubicSpline spline);
  }

  /**
   * A reading that is not known well enough.
   *
   * @param error what the error of its value may be
   */
  record Wanted(Reading reading, double error) {}

  /** The spline without every other interior node. */
  private record Coarse(int[] kept, int[] left, CubicSpline spline) {}

  /**
   * Uniform nodes.
   *
   * @param first how many, 5 or {@link #UNIFORM_NODES}
   */
  SharedNodes(PathGradient path, AttributionNorms norms, int first) {
    this.path = path;
    this.norms = norms;
    attributions = new double[][] {path.array(), path.array(), path.array()};
    nodes = IntStream.range(0, first).mapToDouble(i -> i / (first - 1.0)).toArray();
    gradients = path.at(nodes);
    sums = sumsOf(gradients);
    update();
  }

  private SharedNodes(SharedNodes of) {
    path = of.path;
    norms = of.norms;
    attributions = of.attributions;
    nodes = of.nodes;
    gradients = of.gradients;
    sums = of.sums;
    coarse = of.coarse;
    spline = of.spline;
  }

  /** A copy of these nodes, to which more can be added without a change of these. */
  SharedNodes copy() {
    return new SharedNodes(this);
  }

  int size() {
    return nodes.length;
  }

  /** Leave-out differences that are taken for an error. */
  double errorShare() {
    return path.isSmooth() ? SMOOTH_ERROR_SHARE : JUMPING_ERROR_SHARE;
  }

  /** A node, counted from the start of the path; from its end if below 0. */
  double node(int index) {
    return nodes[index < 0 ? nodes.length + index : index];
  }

  /** The gradients at the nodes, from the start of the path on. Not to be modified. */
  double[][] gradients() {
    return gradients;
  }

  /** The weights of the node gradients. */
  double[] weights(Reading reading) {
    return reading.weights(spline);
  }

  /** Weights of the node gradients that make up what a spline through half the nodes misses. */
  List<double[]> missed(Reading reading) {
    List<double[]> all = new ArrayList<>();
    double[] whole = weights(reading);
    for (Coarse c : coarse) {
      double[] missed = whole.clone();
      double[] w = reading.weights(c.spline);
      for (int i = 0; i < w.length; i++) {
        missed[c.kept[i]] -= w[i];
      }
      all.add(missed);
    }
    return all;
  }

  /** What the attributions add up to. */
  double sum(double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * sums[i];
    }
    return sum;
  }

  /** The gradient over all inputs, summed as a reading has it. */
  double[] sum(Reading reading) {
    double[] sum = new double[path.size()];
    combine(weights(reading), sum);
    return sum;
  }

  /** The attribution {@code sum_i weights[i] difference * gradients[i]}, until the next call. */
  double[] attribution(double[] weights) {
    double[] attribution = attributions[0];
    Arrays.fill(attribution, 0, path.size(), 0);
    combine(weights, attribution);
    multiply(attribution, path.difference(), 0, path.size());
    return attribution;
  }

  /**
   * Sums over three attributions at once, part by part: what of the gradients makes up a part is
   * loaded once for all three, and the part is in the first cache until it was summed.
   *
   * @param weights of the nodes, of each attribution
   */
  List<AttributionNorms.Sums> norms(List<double[]> weights) {
    List<AttributionNorms.Sums> sums =
        Stream.generate(AttributionNorms.Sums::new).limit(3).toList();
    FeatureGroups groups = norms.groups();
    int end;
    for (int first = 0; first < groups.count(); first = end) {
      end = first + 1;
      while (end < groups.count() && groups.to(end) - groups.from(first) <= PART) {
        end++;
      }
      attributions(weights, groups.from(first), groups.to(end - 1));
      norms.add(first, end, attributions, sums);
    }
    return sums;
  }

  /** Writes the entries from one on of three attributions, each with the bits it has alone. */
  private void attributions(List<double[]> weights, int from, int to) {
    double[] x = attributions[0];
    double[] y = attributions[1];
    double[] z = attributions[2];
    double[] u = weights.get(0);
    double[] v = weights.get(1);
    double[] w = weights.get(2);
    for (double[] attribution : attributions) {
      Arrays.fill(attribution, from, to, 0);
    }
    int i = 0;
    for (; i + 2 <= nodes.length; i += 2) {
      double u0 = u[i];
      double u1 = u[i + 1];
      double v0 = v[i];
      double v1 = v[i + 1];
      double w0 = w[i];
      double w1 = w[i + 1];
      double[] a = gradients[i];
      double[] b = gradients[i + 1];
      for (int e = from; e < to; e++) {
        x[e] = x[e] + u0 * a[e] + u1 * b[e];
        y[e] = y[e] + v0 * a[e] + v1 * b[e];
        z[e] = z[e] + w0 * a[e] + w1 * b[e];
      }
    }
    double[] difference = path.difference();
    for (int m = 0; m < attributions.length; m++) {
      if (i < nodes.length) {
        addTo(attributions[m], from, to, weights.get(m)[i], gradients[i]);
      }
      multiply(attributions[m], difference, from, to);
    }
  }

  private static void multiply(double[] attribution, double[] difference, int from, int to) {
    for (int i = from; i < to; i++) {
      attribution[i] *= difference[i];
    }
  }

  /** Adds the weighted gradients, node by node. */
  private void combine(double[] weights, double[] sum) {
    int count = path.size();
    int[] used = IntStream.range(0, weights.length).filter(i -> weights[i] != 0).toArray();
    int i = 0;
    // four nodes at a time, in the same order: the sum is read and written a quarter as often
    for (; i + 4 <= used.length; i += 4) {
      double u = weights[used[i]];
      double v = weights[used[i + 1]];
      double w = weights[used[i + 2]];
      double x = weights[used[i + 3]];
      double[] a = gradients[used[i]];
      double[] b = gradients[used[i + 1]];
      double[] c = gradients[used[i + 2]];
      double[] d = gradients[used[i + 3]];
      for (int e = 0; e < count; e++) {
        sum[e] = sum[e] + u * a[e] + v * b[e] + w * c[e] + x * d[e];
      }
    }
    for (; i < used.length; i++) {
      addTo(sum, 0, count, weights[used[i]], gradients[used[i]]);
    }
  }

  private static void addTo(double[] sum, int from, int to, double weight, double[] gradient) {
    for (int e = from; e < to; e++) {
      sum[e] += weight * gradient[e];
    }
  }

  private void update() {
    spline = new CubicSpline(nodes);
    coarse = List.of(without(1), without(0));
  }

  /** What the attributions of each gradient add up to: four chains of additions at a time. */
  private double[] sumsOf(double[][] of) {
    int size = path.size();
    double[] difference = path.difference();
    double[] totals = new double[of.length];
    for (int k = 0; k < of.length; k += 4) {
      int last = of.length - 1;
      double[] a = of[k];
      double[] b = of[Math.min(k + 1, last)];
      double[] c = of[Math.min(k + 2, last)];
      double[] d = of[Math.min(k + 3, last)];
      double x = 0;
      double y = 0;
      double z = 0;
      double t = 0;
      for (int i = 0; i < size; i++) {
        x += difference[i] * a[i];
        y += difference[i] * b[i];
        z += difference[i] * c[i];
        t += difference[i] * d[i];
      }
      double[] four = {x, y, z, t};
      System.arraycopy(four, 0, totals, k, Math.min(4, of.length - k));
    }
    return totals;
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
   * Bisects on both sides of the nodes that matter most; everywhere, where there are fewer than
   * {@value #UNIFORM_NODES}.
   *
   * @param readings what the nodes are for
   * @return false if there is nothing left to bisect: the gradient jumps at a node, or there are as
   *     many nodes as may be
   */
  boolean refine(List<Reading> readings) {
    if (nodes.length >= MOST_NODES) {
      return false;
    }
    if (nodes.length < UNIFORM_NODES) {
      insert(IntStream.range(1, nodes.length).mapToDouble(i -> (nodes[i - 1] + nodes[i]) / 2));
      return true;
    }
    double[] mass = new double[nodes.length];
    for (Reading reading : readings) {
      double[] w = weights(reading);
      for (int i = 0; i < mass.length; i++) {
        mass[i] = Math.max(mass[i], Math.abs(w[i]));
      }
    }
    double[] importance = leaveOutResiduals();
    for (int i = 0; i < mass.length; i++) {
      importance[i] *= mass[i];
    }
    Integer[] order = descending(importance);
    double least = importance[order[0]] / 4;
    TreeSet<Double> added = new TreeSet<>();
    for (int i : order) {
      if (importance[i] < least || added.size() >= NEW_NODES) {
        break;
      }
      bisectAround(i, added);
    }
    return insertAll(added);
  }

  /**
   * Bisects on both sides of the nodes that matter most, until what the others leave out is about
   * as little as is wanted.
   *
   * @param wanted at least one, whose values are not known as well; at least {@value
   *     #UNIFORM_NODES} nodes are there
   * @return as {@link #refine}
   */
  boolean refineTo(List<Wanted> wanted) {
    if (nodes.length >= MOST_NODES) {
      return false;
    }
    int n = nodes.length;
    double[] residuals = leaveOutResiduals();
    double[][] parts = new double[wanted.size()][n];
    double[][] left = new double[wanted.size()][2]; // by the two splines through half the nodes
    double[] importance = new double[n];
    for (int r = 0; r < parts.length; r++) {
      double[] w = weights(wanted.get(r).reading);
      for (int i = 1; i < n - 1; i++) {
        double missed = errorShare() * Math.abs(w[i]) * residuals[i];
        parts[r][i] = missed == 0 ? 0 : missed / wanted.get(r).error;
        left[r][i % 2] += parts[r][i];
        importance[i] = Math.max(importance[i], parts[r][i]);
      }
    }
    TreeSet<Double> added = new TreeSet<>();
    for (int i : descending(importance)) {
      boolean enough = Arrays.stream(left).allMatch(x -> Math.max(x[0], x[1]) <= LEFT_OUT);
      if ((enough && !added.isEmpty()) || added.size() >= NEW_NODES) {
        break;
      }
      bisectAround(i, added);
      for (int r = 0; r < parts.length; r++) {
        left[r][i % 2] -= parts[r][i];
      }
    }
    return insertAll(added);
  }

  /** The interior nodes, the most important first. */
  private static Integer[] descending(double[] importance) {
    Integer[] order = IntStream.range(1, importance.length - 1).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> -importance[i]));
    return order;
  }

  private void bisectAround(int node, Set<Double> added) {
    for (int left = node - 1; left <= node; left++) {
      if (nodes[left + 1] - nodes[left] > NARROWEST) {
        added.add((nodes[left] + nodes[left + 1]) / 2);
      }
    }
  }

  private boolean insertAll(Set<Double> added) {
    int room = MOST_NODES - nodes.length;
    insert(added.stream().limit(room).mapToDouble(Double::doubleValue));
    return !added.isEmpty();
  }

  /** What the spline without every other node misses at each interior node, as the objective. */
  private double[] leaveOutResiduals() {
    double[] residuals = new double[nodes.length];
    for (Coarse c : coarse) {
      for (int i : c.left) {
        residuals[i] = leaveOutResidual(c, i);
      }
    }
    return residuals;
  }

  private double leaveOutResidual(Coarse c, int node) {
    double[] w = c.spline.weightsAt(nodes[node]);
    double[] residual = new double[nodes.length];
    for (int i = 0; i < w.length; i++) {
      residual[c.kept[i]] = -w[i];
    }
    residual[node] = 1;
    return norms.value(attribution(residual));
  }

  private void insert(DoubleStream points) {
    double[] added = points.toArray();
    double[][] more = path.at(added);
    List<double[]> all = new ArrayList<>(Arrays.asList(gradients));
    all.addAll(Arrays.asList(more));
    double[] at = appended(nodes, added);
    double[] allSums = appended(sums, sumsOf(more));
    int[] order =
        IntStream.range(0, at.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> at[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    nodes = Arrays.stream(order).mapToDouble(i -> at[i]).toArray();
    gradients = Arrays.stream(order).mapToObj(all::get).toArray(double[][]::new);
    sums = Arrays.stream(order).mapToDouble(i -> allSums[i]).toArray();
    update();
  }

  private static double[] appended(double[] some, double[] more) {
    double[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }
}
