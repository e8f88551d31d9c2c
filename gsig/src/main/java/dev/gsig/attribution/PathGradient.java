package dev.gsig.attribution;

/**
 * The gradient of one score along the straight path from a baseline to an input. Inputs are one
 * vector: the attribution-point tensor in row-major order, then the tabular values. Every theta and
 * every quadrature integrates this one function of the path coefficient a.
 */
interface PathGradient {
  /** Input minus baseline, {@link #size} entries and perhaps more. Not to be modified. */
  double[] difference();

  /** Number of inputs. */
  default int size() {
    return difference().length;
  }

  /** Score at the baseline, a = 0. */
  double startScore();

  /** Score at the input, a = 1. */
  double endScore();

  /** True if the gradient has no jumps, so that a spline converges to it quickly. */
  default boolean isSmooth() {
    return true;
  }

  /**
   * {@code sum_k w_k gradient(a_k)}; steps are added in ascending order, in blocks of 8. Array: see
   * {@link #array}.
   */
  double[] integrate(PathRule rule);

  /** The gradient at each of the given points. Arrays: see {@link #array}. */
  double[][] at(double[] alphas);

  /**
   * An array for a gradient, of at least {@link #size} entries, with undefined contents. It belongs
   * to the path and is used again once the path is closed.
   */
  default double[] array() {
    return new double[size()];
  }
}
