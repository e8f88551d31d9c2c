package dev.gsig.attribution.path;

import dev.gsig.attribution.internal.math.CubicSpline;
import dev.gsig.attribution.internal.measure.GroupNorms;
import dev.gsig.attribution.internal.measure.MeasureSolver;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What {@link BoundedMeasure} has solved: the groups of the attribution as functions of the weights
 * v of the points of a path, {@code M_j v = sum_k v_k g_k[j] * (E - E0)[j]}. Models of their norms
 * stand on some of the points, and reach the others by a cubic spline. Where the g_k are made of
 * fewer gradients, {@code g_k = sum_i shares[k][i] h_i}, everything is computed of these, and the
 * model is exact. All is summed up group by group, so that a group of all gradients is in the cache
 * as long as it is needed.
 */
final class MeasureProblem implements MeasureSolver.Problem {
  /** Points that the coarsest model stands on, about. */
  private static final int FIRST_POINTS = 10;

  private final AttributionNorms norms;
  private final double[] alphas;
  private final double[][] gradients;

  /** Of each point those of the gradients; null where each point has a gradient of its own. */
  private final double[][] shares;

  private final double[] difference;
  private final FeatureGroups groups;
  private double[] valued;
  private double[] combined;

  /**
   * A problem.
   *
   * @param alphas a_k, ascending
   * @param gradients g_k
   */
  MeasureProblem(
      AttributionNorms norms, double[] difference, double[] alphas, double[][] gradients) {
    this(norms, difference, alphas, gradients, null);
  }

  /**
   * A problem whose gradients are made of fewer.
   *
   * @param alphas K of them, ascending
   * @param gradients n of them
   * @param shares {@code [K][n]}
   */
  MeasureProblem(
      AttributionNorms norms,
      double[] difference,
      double[] alphas,
      double[][] gradients,
      double[][] shares) {
    this.norms = norms;
    this.shares = shares;
    this.difference = difference;
    this.alphas = alphas;
    this.gradients = gradients;
    groups = norms.groups();
  }

  @Override
  public GroupNorms model(int level) {
    if (shares != null) {
      return level == 0 ? new GroupNorms(transposed(), norms.grams(gradients)) : null;
    }
    int n = alphas.length;
    int stride = Math.max(1, n / FIRST_POINTS) >> level;
    if (stride == 0) {
      return null;
    }
    int[] kept = IntStream.range(0, n).filter(k -> k % stride == 0 || k == n - 1).toArray();
    double[][] nodes = Arrays.stream(kept).mapToObj(k -> gradients[k]).toArray(double[][]::new);
    return new GroupNorms(basis(kept), norms.grams(nodes));
  }

  private double[][] transposed() {
    double[][] rows = new double[gradients.length][shares.length];
    for (int i = 0; i < rows.length; i++) {
      for (int k = 0; k < shares.length; k++) {
        rows[i][k] = shares[k][i];
      }
    }
    return rows;
  }

  /** The weights of the gradients that those of the points come to. */
  private double[] ofGradients(double[] v) {
    if (shares == null) {
      return v;
    }
    double[] weights = new double[gradients.length];
    for (int k = 0; k < v.length; k++) {
      for (int i = 0; i < weights.length; i++) {
        weights[i] += v[k] * shares[k][i];
      }
    }
    return weights;
  }

  /** Where products with the gradients go, before {@link #ofPoints}. */
  private double[] products(double[] ofPoints) {
    return shares == null ? ofPoints : new double[gradients.length];
  }

  /** Adds to every point what the products with the gradients come to. */
  private void ofPoints(double[] products, double[] ofPoints) {
    for (int k = 0; shares != null && k < ofPoints.length; k++) {
      ofPoints[k] += MeasureSolver.dot(shares[k], products);
    }
  }

  /** Row i: the share of the kept point i in the gradient at each point. */
  private double[][] basis(int[] kept) {
    int n = alphas.length;
    double[][] basis = new double[kept.length][n];
    CubicSpline spline =
        kept.length == n
            ? null
            : new CubicSpline(Arrays.stream(kept).mapToDouble(k -> alphas[k]).toArray());
    for (int k = 0; k < n; k++) {
      if (spline == null) {
        basis[k][k] = 1;
      } else {
        double[] shares = spline.weightsAt(alphas[k]);
        for (int i = 0; i < shares.length; i++) {
          basis[i][k] = shares[i];
        }
      }
    }
    return basis;
  }

  @Override
  public double value(double[] v, double mu, double[] slope) {
    double[] sum = new double[norms.size()];
    double[] direction = new double[norms.size()];
    double value = 0;
    double[] weights = ofGradients(v);
    double[] products = products(slope);
    for (int j = 0; j < groups.count(); j++) {
      int from = groups.from(j);
      int to = groups.to(j);
      addCombined(weights, from, to, sum);
      if (groups.isCounted(j)) {
        double squares = 0;
        for (int i = from; i < to; i++) {
          direction[i] = difference[i] * sum[i];
          squares += direction[i] * direction[i];
        }
        double t = mu + Math.sqrt(mu * mu + squares);
        for (int i = from; i < to; i++) {
          direction[i] *= difference[i] / t;
        }
        addProducts(direction, from, to, products);
        value += Math.sqrt(squares);
      }
    }
    ofPoints(products, slope);
    valued = v.clone();
    combined = sum;
    return value;
  }

  /** {@code sum_k v_k g_k}; at no cost for the weights that were valued last. */
  double[] combine(double[] v) {
    return Arrays.equals(v, valued) ? combined.clone() : combine(v, new double[v.length]);
  }

  /**
   * {@code sum_k v_k g_k}, and what the attributions at each point add up to.
   *
   * @param sums takes {@code <g_k, E - E0>} and the tabular values' for each k. 0 before; modified.
   */
  double[] combine(double[] v, double[] sums) {
    double[] sum = new double[norms.size()];
    double[] weights = ofGradients(v);
    double[] products = products(sums);
    for (int j = 0; j < groups.count(); j++) {
      int from = groups.from(j);
      int to = groups.to(j);
      addCombined(weights, from, to, sum);
      addProducts(difference, from, to, products);
    }
    ofPoints(products, sums);
    return sum;
  }

  private void addCombined(double[] weights, int from, int to, double[] sum) {
    int n = weights.length;
    int k = 0;
    for (; k + 4 <= n; k += 4) {
      double x = weights[k];
      double y = weights[k + 1];
      double z = weights[k + 2];
      double t = weights[k + 3];
      double[] a = gradients[k];
      double[] b = gradients[k + 1];
      double[] c = gradients[k + 2];
      double[] d = gradients[k + 3];
      for (int i = from; i < to; i++) {
        sum[i] += x * a[i] + y * b[i] + z * c[i] + t * d[i];
      }
    }
    for (; k < n; k++) {
      for (int i = from; i < to; i++) {
        sum[i] += weights[k] * gradients[k][i];
      }
    }
  }

  /** Adds {@code <x, g_k>}, between two entries, to every products[k]. */
  private void addProducts(double[] x, int from, int to, double[] products) {
    int n = products.length;
    int k = 0;
    for (; k + 4 <= n; k += 4) {
      double[] a = gradients[k];
      double[] b = gradients[k + 1];
      double[] c = gradients[k + 2];
      double[] d = gradients[k + 3];
      double p = 0;
      double q = 0;
      double r = 0;
      double s = 0;
      for (int i = from; i < to; i++) {
        p += x[i] * a[i];
        q += x[i] * b[i];
        r += x[i] * c[i];
        s += x[i] * d[i];
      }
      products[k] += p;
      products[k + 1] += q;
      products[k + 2] += r;
      products[k + 3] += s;
    }
    for (; k < n; k++) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += x[i] * gradients[k][i];
      }
      products[k] += sum;
    }
  }
}
