package dev.gsig.attribution;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Solves the convex problem of {@link BoundedMeasure} for v = K w:
 *
 * <pre>
 *   minimise F(v) = sum_j sqrt(v' G_j v)   subject to  low &lt;= v &lt;= high,  sum v = K,  phi' v = c
 * </pre>
 *
 * by an interior-point method on its second-order cone form, primal-dual in the bounds (Boyd and
 * Vandenberghe, Convex Optimization, chapter 11). The epigraph variables of the cones are
 * eliminated in closed form: at the barrier parameter mu the norm s_j is replaced by {@code t_j -
 * mu log(2 mu t_j)}, {@code t_j = mu + sqrt(mu^2 + s_j^2)}. Then {@code u_j = M_j v / t_j}, with
 * {@code G_j = M_j' M_j}, is dual feasible, and every multiplier y of the equalities gives a lower
 * bound of F:
 *
 * <pre>
 *   F(v*) &gt;= y' b + sum_k min over low..high of (sum_j G_j v / t_j - A' y)_k v_k
 * </pre>
 *
 * so the gap that is reported is a certificate, not an estimate. Nothing is random and every sum
 * has a fixed order: the same input gives the same bits.
 */
final class MeasureSolver {
  /** The relative duality gap that is asked for. */
  static final double TOLERANCE = 1e-4;

  private static final int MOST_ITERATIONS = 100;

  /** Factor by which the barrier parameter shrinks. */
  private static final double SHRINK = 0.1;

  /** Squared Newton decrement, over mu, below which a point is on the central path. */
  private static final double CENTRED = 5;

  /** No relative gap can be small where F can vanish. In units of F at the start. */
  private static final double LEAST_VALUE = 1e-3;

  private static final double ARMIJO = 0.1;

  private final int n;
  private final double low;
  private final double high;
  private final double[][] grams;

  /**
   * A solution.
   *
   * @param weights v; they sum to K
   * @param gap (F(v) - lower bound) / F(v), or to a thousandth of F at the start where F(v) is less
   * @param iterations Newton steps
   */
  record Solution(double[] weights, double gap, int iterations) {}

  /**
   * A problem without its second equality.
   *
   * @param n K, the number of variables
   * @param low below 1
   * @param high above 1
   * @param grams G_j, each symmetric, positive semidefinite, {@code [K, K]} row-major
   */
  MeasureSolver(int n, double low, double high, double[][] grams) {
    this.n = n;
    this.low = low;
    this.high = high;
    this.grams = grams;
  }

  /** The v with the smallest (sign -1) or largest (1) phi' v within the box and of sum K. */
  double[] extreme(double[] phi, int sign) {
    double[] v = new double[n];
    Arrays.fill(v, low);
    double left = n * (1 - low);
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(k -> -sign * phi[k]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int k : order) {
      double more = Math.min(left, high - low);
      v[k] += more;
      left -= more;
    }
    return v;
  }

  /**
   * Solves it.
   *
   * @param phi the second equality; null for none
   * @param c what phi' v has to be; strictly between its {@link #extreme}s
   */
  Solution solve(double[] phi, double c) {
    Equalities equalities = phi == null ? Equalities.sumOnly(n) : Equalities.of(phi, c);
    double[] v = new double[n];
    Arrays.fill(v, 1);
    if (phi != null) {
      double target = equalities.rightSide(1);
      double[] far = extreme(equalities.row(1), target < 0 ? -1 : 1);
      double share = target == 0 ? 0 : target / dot(equalities.row(1), far);
      for (int k = 0; k < n; k++) {
        v[k] += share * (far[k] - 1);
      }
    }
    double unit = 0;
    for (double[] g : grams) {
      unit += Math.sqrt(Math.max(0, quadratic(g, v)));
    }
    if (unit == 0) {
      return new Solution(v, 0, 0); // nothing can be lower
    }
    return new Descent(v, unit, equalities).run();
  }

  private double quadratic(double[] g, double[] v) {
    double[] product = new double[n];
    multiply(g, 1, v, product);
    return dot(v, product);
  }

  /** {@code out = scale * G v}; G is symmetric, so its rows are added up, two at once. */
  private void multiply(double[] g, double scale, double[] v, double[] out) {
    Arrays.fill(out, 0);
    for (int k = 0; k < n; k += 2) {
      boolean last = k + 1 == n;
      double x = scale * v[k];
      double y = last ? 0 : scale * v[k + 1];
      int row = k * n;
      int next = last ? row : row + n;
      for (int l = 0; l < n; l++) {
        out[l] += x * g[row + l] + y * g[next + l];
      }
    }
  }

  static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /** Newton's method from a strictly feasible point, in units of F at that point. */
  private final class Descent {
    private final double[] v;
    private final double scale;
    private final Equalities equalities;
    private final double[][] gv = new double[grams.length][n];
    private final double[][] gd = new double[grams.length][n];
    private final double[] squares = new double[grams.length];
    private final double[] lowDual = new double[n];
    private final double[] highDual = new double[n];
    private final double[] gradient = new double[n];
    private final double[] cone = new double[n];

    /** Lower half. */
    private final double[] hessian = new double[n * n];

    private double mu;

    Descent(double[] start, double unit, Equalities equalities) {
      v = start;
      scale = 1 / (unit * unit);
      this.equalities = equalities;
      mu = 1.0 / (2 * (n + grams.length));
      for (int k = 0; k < n; k++) {
        lowDual[k] = mu / (v[k] - low);
        highDual[k] = mu / (high - v[k]);
      }
      for (int j = 0; j < grams.length; j++) {
        multiply(grams[j], scale, v, gv[j]);
      }
    }

    Solution run() {
      double gap = Double.POSITIVE_INFINITY;
      double[] best = v.clone();
      for (int i = 1; i <= MOST_ITERATIONS; i++) {
        assemble();
        Equalities.Step step = equalities.newton(hessian, gradient);
        if (step == null) {
          return new Solution(best, gap, i); // beyond float64; what was certified stands
        }
        double here = relativeGap(step.multipliers());
        if (here < gap) {
          gap = here;
          best = v.clone();
        }
        if (gap <= TOLERANCE) {
          return new Solution(best, gap, i);
        }
        double decrement = -dot(gradient, step.direction());
        advance(step.direction(), decrement);
        if (decrement <= CENTRED * mu) {
          mu *= SHRINK;
        }
      }
      return new Solution(best, gap, MOST_ITERATIONS);
    }

    private double t(double square) {
      return mu + Math.sqrt(mu * mu + square);
    }

    private void assemble() {
      Arrays.fill(cone, 0);
      Arrays.fill(hessian, 0);
      for (int j = 0; j < grams.length; j++) {
        double[] g = grams[j];
        double[] product = gv[j];
        squares[j] = Math.max(0, dot(v, product));
        double r = Math.sqrt(mu * mu + squares[j]);
        double t = mu + r;
        double weight = scale / t;
        double curvature = 1 / (t * t * r);
        for (int k = 0; k < n; k++) {
          cone[k] += product[k] / t;
          double x = curvature * product[k];
          int row = k * n;
          for (int l = 0; l <= k; l++) {
            hessian[row + l] += weight * g[row + l] - x * product[l];
          }
        }
      }
      for (int k = 0; k < n; k++) {
        double below = v[k] - low;
        double above = high - v[k];
        gradient[k] = cone[k] - mu / below + mu / above;
        hessian[k * n + k] += lowDual[k] / below + highDual[k] / above;
      }
    }

    /** The certificate at v. */
    private double relativeGap(double[] multipliers) {
      double value = 0;
      for (double square : squares) {
        value += Math.sqrt(square);
      }
      double bound = equalities.value(multipliers);
      for (int k = 0; k < n; k++) {
        double reduced = cone[k] - equalities.column(k, multipliers);
        bound += Math.min(low * reduced, high * reduced);
      }
      return (value - bound) / Math.max(value, LEAST_VALUE);
    }

    /** A step of at most 1, that stays inside the box and lowers the barrier function. */
    private void advance(double[] d, double decrement) {
      double step = 1;
      for (int k = 0; k < n; k++) {
        double room = d[k] < 0 ? (low - v[k]) / d[k] : (high - v[k]) / d[k];
        step = d[k] == 0 ? step : Math.min(step, 0.99 * room);
      }
      double[] linear = new double[grams.length];
      double[] square = new double[grams.length];
      for (int j = 0; j < grams.length; j++) {
        multiply(grams[j], scale, d, gd[j]);
        linear[j] = 2 * dot(v, gd[j]);
        square[j] = dot(d, gd[j]);
      }
      double before = barrier(d, 0, linear, square);
      while (step > 1e-12
          && !(barrier(d, step, linear, square) <= before - ARMIJO * step * decrement)) {
        step /= 2;
      }
      moveDuals(d);
      for (int k = 0; k < n; k++) {
        v[k] += step * d[k];
      }
      for (int j = 0; j < grams.length; j++) {
        for (int k = 0; k < n; k++) {
          gv[j][k] += step * gd[j][k];
        }
      }
    }

    /** Newton's step of the multipliers of the bounds, as far as they stay positive. */
    private void moveDuals(double[] d) {
      double[] lowStep = new double[n];
      double[] highStep = new double[n];
      double step = 1;
      for (int k = 0; k < n; k++) {
        double below = v[k] - low;
        double above = high - v[k];
        lowStep[k] = (mu - lowDual[k] * d[k]) / below - lowDual[k];
        highStep[k] = (mu + highDual[k] * d[k]) / above - highDual[k];
        step = lowStep[k] < 0 ? Math.min(step, -0.99 * lowDual[k] / lowStep[k]) : step;
        step = highStep[k] < 0 ? Math.min(step, -0.99 * highDual[k] / highStep[k]) : step;
      }
      for (int k = 0; k < n; k++) {
        lowDual[k] += step * lowStep[k];
        highDual[k] += step * highStep[k];
      }
    }

    private double barrier(double[] d, double step, double[] linear, double[] square) {
      double value = 0;
      for (int j = 0; j < grams.length; j++) {
        double s = squares[j] + step * (linear[j] + step * square[j]);
        double t = t(Math.max(0, s));
        value += t - mu * StrictMath.log(t);
      }
      for (int k = 0; k < n; k++) {
        double x = v[k] + step * d[k];
        value -= mu * (StrictMath.log(x - low) + StrictMath.log(high - x));
      }
      return value;
    }
  }
}
