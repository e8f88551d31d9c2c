package dev.gsig.attribution.path;

import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.PathResult.Candidate.Kind;
import dev.gsig.attribution.path.PathResult.Convergence;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Norms of one patient's attribution, group by group. Along a model's path each row of an embedding
 * is a group, those of special positions do not count, and tabular values count for completeness
 * only. Gradients and attributions are ordered as those of a {@link PathGradient}.
 */
public final class AttributionNorms {
  private final PathGradient path;
  private final FeatureGroups groups;
  private final double lambdaGroup;
  private final double lambdaL1;

  /** Of the path, to one tolerance, once a method has asked for it. */
  private AdaptiveIntegral integral;

  /**
   * Norms along a path.
   *
   * @param path gives the score change
   * @param bounds where each group of the path's inputs starts, ascending from 0, and behind them
   *     where the last one ends, {@link PathGradient#size}. Not copied
   * @param counted whether each group counts. Not copied
   * @param options weights of the norms in the objective
   * @throws IllegalArgumentException unless there is one bound more than groups
   */
  public AttributionNorms(PathGradient path, int[] bounds, boolean[] counted, PathOptions options) {
    this(path, bounds, counted, IntStream.range(0, counted.length).toArray(), options);
  }

  /**
   * Norms along a path some of whose groups are removed together.
   *
   * @param path gives the score change
   * @param bounds where each group of the path's inputs starts, ascending from 0, and behind them
   *     where the last one ends, {@link PathGradient#size}. Not copied
   * @param counted whether each group counts. Not copied
   * @param players number of the player that each group belongs to, for {@link
   *     PathMethods#SHAPLEY}. Not copied
   * @param options weights of the norms in the objective
   * @throws IllegalArgumentException unless there is one bound more than groups, and a player for
   *     each
   */
  public AttributionNorms(
      PathGradient path, int[] bounds, boolean[] counted, int[] players, PathOptions options) {
    if (bounds.length != counted.length + 1) {
      throw new IllegalArgumentException(
          counted.length + " groups have one bound more, not " + bounds.length);
    }
    if (players.length != counted.length) {
      throw new IllegalArgumentException(
          counted.length + " groups have a player each, not " + players.length);
    }
    this.path = path;
    groups = new FeatureGroups(bounds, counted, players);
    lambdaGroup = options.lambdaGroup();
    lambdaL1 = options.lambdaL1();
  }

  private AttributionNorms(PathGradient path, AttributionNorms of) {
    this.path = path;
    groups = of.groups;
    lambdaGroup = of.lambdaGroup;
    lambdaL1 = of.lambdaL1;
  }

  /** The norms along another path of the same inputs. */
  AttributionNorms along(PathGradient other) {
    return other == path ? this : new AttributionNorms(other, this);
  }

  /**
   * The integral of the path's gradient to a tolerance, computed once for all methods that read it.
   */
  AdaptiveIntegral integral(double tolerance) {
    if (integral == null || integral.tolerance() != tolerance) {
      integral = new AdaptiveIntegral(path, this, tolerance);
    }
    return integral;
  }

  /** {@code sum over groups that count of ||attribution||_2}. */
  public double l21(double[] attribution) {
    double sum = 0;
    for (int j = 0; j < groups.count(); j++) {
      if (groups.isCounted(j)) {
        sum += norm(attribution, groups.from(j), groups.to(j));
      }
    }
    return sum;
  }

  /**
   * Sums over an attribution that comes in parts, one behind the other: the same bits as of the
   * whole.
   */
  static final class Sums {
    /** As {@link AttributionNorms#l21}, so far. */
    double l21;

    private double l1;
    private double squares;

    /** 2-norm over all inputs so far. */
    double norm() {
      return Math.sqrt(squares);
    }
  }

  /**
   * Adds the same groups of three attributions: each sum is a chain of additions of its own, and
   * those of one attribution alone would wait for one another.
   *
   * @param first number of the first group
   * @param end one past the last one
   * @param attributions three
   * @param sums of each
   */
  void add(int first, int end, double[][] attributions, List<Sums> sums) {
    double[] a = attributions[0];
    double[] b = attributions[1];
    double[] c = attributions[2];
    double ofA = sums.get(0).squares;
    double ofB = sums.get(1).squares;
    double ofC = sums.get(2).squares;
    for (int j = first; j < end; j++) {
      int to = groups.to(j);
      double x = 0;
      double y = 0;
      double z = 0;
      for (int i = groups.from(j); i < to; i++) {
        double p = a[i] * a[i];
        double q = b[i] * b[i];
        double r = c[i] * c[i];
        x += p;
        y += q;
        z += r;
        ofA += p;
        ofB += q;
        ofC += r;
      }
      if (groups.isCounted(j)) {
        sums.get(0).l21 += Math.sqrt(x);
        sums.get(1).l21 += Math.sqrt(y);
        sums.get(2).l21 += Math.sqrt(z);
        for (int m = 0; lambdaL1 != 0 && m < attributions.length; m++) {
          for (int i = groups.from(j); i < to; i++) {
            sums.get(m).l1 += Math.abs(attributions[m][i]);
          }
        }
      }
    }
    sums.get(0).squares = ofA;
    sums.get(1).squares = ofB;
    sums.get(2).squares = ofC;
  }

  /** {@code lambdaGroup * l21 + lambdaL1 * l1}. */
  double value(Sums sums) {
    return lambdaGroup * sums.l21 + (lambdaL1 == 0 ? 0 : lambdaL1 * sums.l1);
  }

  /**
   * A difference of two attributions relative to one of them: the larger of l21, and of the same
   * over all groups, those that do not count among them. 0 where both are 0.
   */
  double relative(double[] difference, double[] attribution) {
    double counted = ratio(l21(difference), l21(attribution));
    return Math.max(counted, ratio(overAll(difference), overAll(attribution)));
  }

  private static double ratio(double part, double whole) {
    return part == 0 ? 0 : part / whole;
  }

  private double overAll(double[] attribution) {
    double sum = 0;
    for (int j = 0; j < groups.count(); j++) {
      sum += norm(attribution, groups.from(j), groups.to(j));
    }
    return sum;
  }

  /**
   * Of each group that counts the products of its attributions at K points, {@code G[k,l] =
   * <difference * g_k, difference * g_l>}: the 2-norm of the group under the weights w is {@code
   * sqrt(w' G w)}.
   *
   * @param gradients K of them
   * @return {@code [K, K]} row-major each, symmetric
   */
  double[][] grams(double[][] gradients) {
    int n = gradients.length;
    double[] difference = path.difference();
    double[][] grams = new double[groups.counting()][n * n];
    double[][] group = new double[n][];
    int count = 0;
    for (int j = 0; j < groups.count(); j++) {
      if (groups.isCounted(j)) {
        int start = groups.from(j);
        int width = groups.to(j) - start;
        for (int k = 0; k < n; k++) {
          if (group[k] == null || group[k].length != width) {
            group[k] = new double[width];
          }
          for (int e = 0; e < width; e++) {
            group[k][e] = difference[start + e] * gradients[k][start + e];
          }
        }
        gram(group, grams[count++]);
      }
    }
    return grams;
  }

  /** Pairs of rows, two by two: four chains of additions at a time. */
  private static void gram(double[][] rows, double[] gram) {
    int n = rows.length;
    for (int k = 0; k < n; k += 2) {
      double[] a = rows[k];
      double[] b = rows[Math.min(k + 1, n - 1)];
      for (int l = k; l < n; l += 2) {
        double[] c = rows[l];
        double[] d = rows[Math.min(l + 1, n - 1)];
        double ac = 0;
        double ad = 0;
        double bc = 0;
        double bd = 0;
        for (int e = 0; e < a.length; e++) {
          ac += a[e] * c[e];
          ad += a[e] * d[e];
          bc += b[e] * c[e];
          bd += b[e] * d[e];
        }
        set(gram, n, k, l, ac);
        set(gram, n, k, Math.min(l + 1, n - 1), ad);
        set(gram, n, Math.min(k + 1, n - 1), l, bc);
        set(gram, n, Math.min(k + 1, n - 1), Math.min(l + 1, n - 1), bd);
      }
    }
  }

  private static void set(double[] gram, int n, int k, int l, double product) {
    gram[k * n + l] = product;
    gram[l * n + k] = product;
  }

  private double l1(double[] attribution) {
    double sum = 0;
    for (int j = 0; j < groups.count(); j++) {
      for (int i = groups.from(j); groups.isCounted(j) && i < groups.to(j); i++) {
        sum += Math.abs(attribution[i]);
      }
    }
    return sum;
  }

  /** {@code lambdaGroup * l21 + lambdaL1 * l1}. */
  double value(double[] attribution) {
    return value(attribution, l21(attribution));
  }

  /** {@code lambdaGroup * l21 + lambdaL1 * l1}, where l21 is known. */
  double value(double[] attribution, double l21) {
    return lambdaGroup * l21 + (lambdaL1 == 0 ? 0 : lambdaL1 * l1(attribution));
  }

  private static double norm(double[] attribution, int from, int to) {
    double squares = 0;
    for (int i = from; i < to; i++) {
      squares += attribution[i] * attribution[i];
    }
    return Math.sqrt(squares);
  }

  /** Completeness gap of attributions that add up to {@code sum}. */
  double gap(double sum) {
    return Math.abs(sum - scoreChange());
  }

  double scoreChange() {
    return path.endScore() - path.startScore();
  }

  /**
   * The result of a method that chooses nothing.
   *
   * @param attribution of every input, for example {@link PathGradient#attribution}; copied
   * @throws IllegalArgumentException if there are fewer than the path has inputs
   */
  public PathResult result(double[] attribution) {
    return result(attribution, null);
  }

  /** The result of an integral to a tolerance. */
  PathResult result(double[] attribution, Convergence convergence) {
    if (attribution.length < path.size()) {
      throw new IllegalArgumentException(
          "an attribution has one entry for each of the "
              + path.size()
              + " inputs, but there are "
              + attribution.length);
    }
    Candidate only = candidate(1, Arrays.copyOf(attribution, path.size()));
    return new PathResult(only, List.of(only), false, false, null, convergence);
  }

  /**
   * A candidate by its full sum.
   *
   * @param theta exponent of the path
   * @param g the weighted sum of the gradients, for example of {@link PathGradient#integrate}
   */
  public Candidate exact(double theta, double[] g) {
    return candidate(theta, path.attribution(g));
  }

  private Candidate candidate(double theta, double[] attribution) {
    double sum = 0;
    for (double a : attribution) {
      sum += a;
    }
    return new Candidate(
        theta, value(attribution), 0, l21(attribution), gap(sum), 0, Kind.EXACT, attribution);
  }

  /** A completeness gap relative to the score change; null when that is below 1e-9. */
  public Double relativeGap(double gap) {
    double change = Math.abs(scoreChange());
    return change < 1e-9 ? null : Double.valueOf(gap / change);
  }

  /** Number of inputs. */
  int size() {
    return path.size();
  }

  /** Of all inputs. */
  FeatureGroups groups() {
    return groups;
  }
}
