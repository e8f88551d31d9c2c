package dev.gsig.attribution.internal.measure;

import java.util.Arrays;

/**
 * Solves the convex problem of a sparse, complete measure on K points:
 *
 * <pre>
 *   minimise F(v) = sum_j || M_j v ||_2   subject to  low &lt;= v &lt;= high,  sum v = K,  phi' v = c
 * </pre>
 *
 * by an interior-point method on its second-order cone form, primal-dual in the bounds (Boyd and
 * Vandenberghe, Convex Optimization, chapter 11). The epigraph variables of the cones are
 * eliminated in closed form: at the barrier parameter mu the norm s_j is replaced by {@code t_j -
 * mu log(2 mu t_j)}, {@code t_j = mu + sqrt(mu^2 + s_j^2)}. Then {@code u_j = M_j v / t_j} is dual
 * feasible, and every multiplier y of the equalities gives a lower bound of F:
 *
 * <pre>
 *   F(v*) &gt;= y' b + sum_k min over low..high of (sum_j M_j' u_j - A' y)_k v_k
 * </pre>
 *
 * Newton's method works on a model of F with few columns, the bound is computed with F itself. So
 * the gap that is reported is a certificate, not an estimate, however coarse the model; where it is
 * too wide, a finer model is solved. Nothing is random and every sum has a fixed order: the same
 * input gives the same bits.
 */
public final class MeasureSolver {
  /** The relative duality gap that is asked for. */
  static final double TOLERANCE = 1e-4;

  /** Relative duality gap on a model of F; leaves room for the difference between the two. */
  private static final double MODEL_TOLERANCE = 0.8 * TOLERANCE;

  private static final int MOST_ITERATIONS = 100;

  /** Barrier parameter at the start, times the number of variables and cones. */
  private static final double START = 0.1;

  /** Factor by which it shrinks: by trial, the fewest iterations on the demo's patients. */
  private static final double SHRINK = 0.01;

  /** Squared Newton decrement, over mu, below which a point is near enough to the central path. */
  private static final double CENTRED = 50;

  /** No relative gap can be small where F can vanish. In units of F at the start. */
  private static final double LEAST_VALUE = 1e-3;

  private static final double ARMIJO = 0.1;

  private final int n;
  private final double low;
  private final double high;

  /** F, and models of it. */
  public interface Problem {
    /**
     * A model of F.
     *
     * @param level 0 for the coarsest
     * @return null if the level before was F itself
     */
    GroupNorms model(int level);

    /**
     * F, and the slope of its smoothed form.
     *
     * @param slope {@code sum_j M_j' M_j v / (mu + sqrt(mu^2 + ||M_j v||^2))}. 0 before; modified.
     * @return F(v)
     */
    double value(double[] v, double mu, double[] slope);
  }

  /**
   * A solution.
   *
   * @param weights v; they sum to K
   * @param gap (F(v) - lower bound) / F(v), or to a thousandth of F at the start where F(v) is less
   * @param iterations Newton steps on the last model
   * @param level of the model that they were made with
   */
  public record Solution(double[] weights, double gap, int iterations, int level) {}

  /**
   * A problem without its second equality.
   *
   * @param n K, the number of variables
   * @param low below 1
   * @param high above 1
   */
  public MeasureSolver(int n, double low, double high) {
    this.n = n;
    this.low = low;
    this.high = high;
  }

  /** The v with the smallest (sign -1) or largest (1) phi' v within the box and of sum K. */
  public double[] extreme(double[] phi, int sign) {
    double[] sorted = phi.clone();
    Arrays.sort(sorted);
    // As many as fit are high, one may be in between, the others are low.
    double room = n * (1 - low) / (high - low);
    int most = (int) room;
    double between = n - most * high - (n - 1 - most) * low;
    double[] v = new double[n];
    int highs = 0;
    double edge = most < n ? sorted[sign < 0 ? most : n - 1 - most] : sign * Double.MAX_VALUE;
    for (int k = 0; k < n; k++) {
      boolean in = sign < 0 ? phi[k] < edge : phi[k] > edge;
      v[k] = in ? high : low;
      highs += in ? 1 : 0;
    }
    for (int k = 0; k < n && highs <= most; k++) {
      if (phi[k] == edge) {
        v[k] = highs < most ? high : between;
        highs++;
      }
    }
    return v;
  }

  /**
   * Solves it.
   *
   * @param phi the second equality; null for none
   * @param c what phi' v has to be; strictly between its {@link #extreme}s
   */
  public Solution solve(Problem problem, double[] phi, double c) {
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
    double unit = problem.value(v, 1, new double[n]);
    if (unit == 0) {
      return new Solution(v, 0, 0, 0); // nothing can be lower
    }
    Solution best = null;
    for (int level = 0; best == null || best.gap > TOLERANCE; level++) {
      GroupNorms model = problem.model(level);
      if (model == null) {
        break;
      }
      Solution found = new Descent(problem, model, unit, v.clone(), equalities).run(level);
      best = best == null || found.gap < best.gap ? found : best;
    }
    return best;
  }

  /** The inner product of two vectors of one length. */
  public static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /** Newton's method from a strictly feasible point, in units of F at that point. */
  private final class Descent {
    private final Problem problem;
    private final double unit;
    private final double scale;
    private final double[] v;
    private final Equalities equalities;
    private final double[] lowDual = new double[n];
    private final double[] highDual = new double[n];
    private final double[] gradient = new double[n];
    private final double[] diagonal = new double[n];
    private double mu;
    private int iterations;

    private final GroupNorms norms;
    private final double[] c;
    private final double[][] images;
    private final double[][] moves;
    private final double[] squares;
    private double[] cone;

    Descent(Problem problem, GroupNorms model, double unit, double[] start, Equalities equalities) {
      this.problem = problem;
      this.unit = unit;
      scale = 1 / (unit * unit);
      v = start;
      this.equalities = equalities;
      norms = model;
      c = norms.project(v);
      images = new double[norms.groups()][norms.columns()];
      moves = new double[norms.groups()][norms.columns()];
      squares = new double[norms.groups()];
      norms.images(scale, c, images);
      mu = START / (n + norms.groups());
      for (int k = 0; k < n; k++) {
        lowDual[k] = mu / (v[k] - low);
        highDual[k] = mu / (high - v[k]);
      }
    }

    Solution run(int level) {
      double[] multipliers = descend();
      return new Solution(v, certificate(multipliers), iterations, level);
    }

    /** Lowers the model until its own gap is small; returns the multipliers of the equalities. */
    private double[] descend() {
      double[] multipliers = new double[equalities.count()];
      for (int i = 0; i < MOST_ITERATIONS; i++) {
        LowRankHessian hessian = assemble();
        Equalities.Step step = equalities.newton(hessian::solve, gradient);
        if (!step.isFinite()) {
          return multipliers; // beyond float64
        }
        multipliers = step.multipliers();
        iterations++;
        double value = 0;
        for (double square : squares) {
          value += Math.sqrt(square);
        }
        if (gap(value, cone, multipliers) <= MODEL_TOLERANCE) {
          return multipliers;
        }
        double decrement = -dot(gradient, step.direction());
        advance(step.direction(), decrement);
        if (decrement <= CENTRED * mu) {
          mu *= SHRINK;
        }
      }
      return multipliers;
    }

    /** The relative gap at v, of F itself. */
    private double certificate(double[] multipliers) {
      double[] slope = new double[n];
      double value = problem.value(v, mu * unit, slope) / unit;
      for (int k = 0; k < n; k++) {
        slope[k] /= unit;
      }
      return gap(value, slope, multipliers);
    }

    private double gap(double value, double[] slope, double[] multipliers) {
      double bound = equalities.value(multipliers);
      for (int k = 0; k < n; k++) {
        double reduced = slope[k] - equalities.column(k, multipliers);
        bound += Math.min(low * reduced, high * reduced);
      }
      return (value - bound) / Math.max(value, LEAST_VALUE);
    }

    private double t(double square) {
      return mu + Math.sqrt(mu * mu + square);
    }

    private LowRankHessian assemble() {
      int columns = norms.columns();
      double[] sum = new double[columns];
      double[] curvature = new double[columns * columns];
      for (int j = 0; j < squares.length; j++) {
        double[] image = images[j];
        double[] gram = norms.grams()[j];
        squares[j] = Math.max(0, dot(c, image));
        double r = Math.sqrt(mu * mu + squares[j]);
        double t = mu + r;
        double weight = scale / t;
        for (int i = 0; i < curvature.length; i++) {
          curvature[i] += weight * gram[i];
        }
        double bend = 1 / (t * t * r);
        for (int i = 0; i < columns; i++) {
          sum[i] += image[i] / t;
        }
        int i = 0;
        for (; i + 2 <= columns; i += 2) { // two rows at once
          double x = bend * image[i];
          double y = bend * image[i + 1];
          int row = i * columns;
          for (int l = 0; l < columns; l++) {
            curvature[row + l] -= x * image[l];
            curvature[row + columns + l] -= y * image[l];
          }
        }
        for (int l = 0; i < columns && l < columns; l++) {
          curvature[i * columns + l] -= bend * image[i] * image[l];
        }
      }
      cone = norms.expand(sum);
      for (int k = 0; k < n; k++) {
        double below = v[k] - low;
        double above = high - v[k];
        gradient[k] = cone[k] - mu / below + mu / above;
        diagonal[k] = lowDual[k] / below + highDual[k] / above;
      }
      return new LowRankHessian(norms, curvature, diagonal);
    }

    /** A step of at most 1, that stays inside the box and lowers the barrier function. */
    private void advance(double[] d, double decrement) {
      double step = 1;
      for (int k = 0; k < n; k++) {
        double room = d[k] < 0 ? (low - v[k]) / d[k] : (high - v[k]) / d[k];
        step = d[k] == 0 ? step : Math.min(step, 0.99 * room);
      }
      double[] projected = norms.project(d);
      norms.images(scale, projected, moves);
      double[] linear = new double[moves.length];
      double[] square = new double[moves.length];
      for (int j = 0; j < moves.length; j++) {
        linear[j] = 2 * dot(c, moves[j]);
        square[j] = dot(projected, moves[j]);
      }
      double before = barrier(d, 0, linear, square);
      while (step > 1e-12
          && !(barrier(d, step, linear, square) <= before - ARMIJO * step * decrement)) {
        step /= 2;
      }
      moveDuals(d);
      move(v, step, d);
      move(c, step, projected);
      for (int j = 0; j < moves.length; j++) {
        move(images[j], step, moves[j]);
      }
    }

    private void move(double[] x, double step, double[] d) {
      for (int k = 0; k < x.length; k++) {
        x[k] += step * d[k];
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
      move(lowDual, step, lowStep);
      move(highDual, step, highStep);
    }

    private double barrier(double[] d, double step, double[] linear, double[] square) {
      double value = 0;
      LogSum logs = new LogSum();
      for (int j = 0; j < linear.length; j++) {
        double s = squares[j] + step * (linear[j] + step * square[j]);
        double t = t(Math.max(0, s));
        value += t;
        logs.add(t);
      }
      for (int k = 0; k < n; k++) {
        double x = v[k] + step * d[k];
        logs.add(x - low);
        logs.add(high - x);
      }
      return value - mu * logs.sum();
    }
  }

  /** Sum of logarithms, of which few are computed: of products that float64 holds with ease. */
  private static final class LogSum {
    private static final double LARGE = 0x1p400;
    private static final double SMALL = 0x1p-400;

    private double product = 1;
    private double sum;

    void add(double factor) {
      product *= factor;
      if (!(product < LARGE && product > SMALL)) {
        sum += StrictMath.log(product);
        product = 1;
      }
    }

    double sum() {
      return sum + StrictMath.log(product);
    }
  }
}
