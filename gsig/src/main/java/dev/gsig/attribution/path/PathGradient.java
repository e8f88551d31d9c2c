package dev.gsig.attribution.path;

import java.util.List;
import java.util.function.Consumer;

/**
 * The gradient of one score along the straight path from a baseline to an input. Inputs are one
 * vector: the attribution-point tensor in row-major order, then the tabular values. Every theta and
 * every quadrature integrates this one function of the path coefficient a, from 0 at the baseline
 * to 1 at the input. Other paths between the two go through {@link #points}, where each input has a
 * coefficient of its own. Lent to a {@link PathMethod} for one call; not for several threads.
 */
public interface PathGradient {
  /** Input minus baseline, {@link #size} entries and perhaps more. Not to be modified. */
  double[] difference();

  /** Number of inputs. */
  default int size() {
    return difference().length;
  }

  /**
   * {@code difference * g}, input by input: the attribution that follows from a mean gradient.
   *
   * @param g for example of {@link #integrate}; at least {@link #size} entries
   * @return a new array of {@link #size} entries
   */
  default double[] attribution(double[] g) {
    double[] difference = difference();
    double[] attribution = new double[size()];
    for (int i = 0; i < attribution.length; i++) {
      attribution[i] = difference[i] * g[i];
    }
    return attribution;
  }

  /** Score at the baseline, a = 0. */
  default double startScore() {
    return scores(new double[] {0})[0];
  }

  /** Score at the input, a = 1. */
  default double endScore() {
    return scores(new double[] {1})[0];
  }

  /** True if the gradient has no jumps, so that a spline converges to it quickly. */
  default boolean isSmooth() {
    return true;
  }

  /**
   * {@code sum_k w_k gradient(a_k)}; steps are added in ascending order, in blocks of 8. Array: see
   * {@link #array}.
   */
  double[] integrate(Quadrature.Rule rule);

  /**
   * The gradient at each of the given points; without work where it was asked for before.
   *
   * @param alphas path coefficients, each in [0, 1]
   * @return one gradient for each, not to be modified. Arrays: see {@link #array}
   */
  double[][] at(double[] alphas);

  /**
   * Score and gradient at points between baseline and input: of a point with the coefficients c the
   * input i is {@code start_i + c_i difference_i}.
   *
   * @param coefficients of each point one for each input, or a single one for all, which is a point
   *     of the straight path; each in [0, 1]. Not modified
   * @return one for each; the arrays are the caller's
   */
  List<Point> points(double[][] coefficients);

  /**
   * The score alone at such points: forward passes, many points in each.
   *
   * @param coefficients as {@link #points} takes them
   */
  double[] scores(double[][] coefficients);

  /**
   * The codes whose rows the input consists of, for paths that lead through those of others; null
   * where there is no such table. See {@link PathMethod#needsCodes}.
   */
  default CodeTable.Positions codes() {
    return null;
  }

  /**
   * The score at each of the given points; without work where the gradient was asked for.
   *
   * @param alphas path coefficients, each in [0, 1]
   */
  double[] scores(double[] alphas);

  /**
   * Lends the straight paths that this one is the mean of, one after the other: itself, where it is
   * one.
   */
  default void parts(Consumer<PathGradient> use) {
    use.accept(this);
  }

  /**
   * An array for a gradient, of at least {@link #size} entries, with undefined contents. It belongs
   * to the path and is used again once the path is closed.
   */
  default double[] array() {
    return new double[size()];
  }

  /**
   * What a path knows of one point.
   *
   * @param score of the point
   * @param gradient of the score there, an entry for each input and perhaps more. Not copied
   */
  record Point(double score, double[] gradient) {}
}
