package dev.gsig.attribution.path;

import dev.gsig.attribution.internal.math.GaussLegendre;

/**
 * Rules for the integral over the path coefficient a from 0 to 1. The weights of each sum to 1.
 * Rules other than {@link #RIGHT} know theta = 1 only.
 */
public enum Quadrature {
  /** Right Riemann sum on a_k = (k/K)^theta, w_k = a_k - a_(k-1), k = 1..K. */
  RIGHT("right") {
    @Override
    public Rule rule(int steps, double theta) {
      double[] a = new double[steps];
      double[] w = new double[steps];
      double previous = 0;
      for (int k = 1; k <= steps; k++) {
        double next = k == steps ? 1 : StrictMath.pow((double) k / steps, theta);
        a[k - 1] = next;
        w[k - 1] = next - previous;
        previous = next;
      }
      return new Rule(a, w);
    }
  },
  /** Left Riemann sum: a_k = (k-1)/K, w_k = 1/K. */
  LEFT("left") {
    @Override
    public Rule rule(int steps, double theta) {
      return equalWeights(steps, theta, 0);
    }
  },
  /** Midpoint rule: a_k = (k-1/2)/K, w_k = 1/K. */
  MIDPOINT("midpoint") {
    @Override
    public Rule rule(int steps, double theta) {
      return equalWeights(steps, theta, 0.5);
    }
  },
  /** Trapezoidal rule on K + 1 nodes k/K; the two outer weights are 1/(2K). */
  TRAPEZOID("trapezoid") {
    @Override
    public Rule rule(int steps, double theta) {
      requireThetaOne(theta);
      double[] a = new double[steps + 1];
      double[] w = new double[steps + 1];
      for (int k = 0; k <= steps; k++) {
        a[k] = (double) k / steps;
        w[k] = (k == 0 || k == steps ? 0.5 : 1.0) / steps;
      }
      return new Rule(a, w);
    }
  },
  /** Gauss-Legendre rule with K nodes on [0, 1], exact for polynomials of degree 2K - 1. */
  GAUSS_LEGENDRE("gauss-legendre") {
    @Override
    public Rule rule(int steps, double theta) {
      requireThetaOne(theta);
      GaussLegendre.Rule rule = GaussLegendre.rule(steps);
      return new Rule(rule.points(), rule.weights());
    }
  };

  private final String label;

  Quadrature(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /**
   * Nodes and weights.
   *
   * @param steps K, at least 1
   * @param theta exponent of the path; 1 for all but {@link #RIGHT}
   * @throws IllegalArgumentException if another rule is given another theta
   */
  public abstract Rule rule(int steps, double theta);

  private static Rule equalWeights(int steps, double theta, double offset) {
    requireThetaOne(theta);
    double[] a = new double[steps];
    double[] w = new double[steps];
    for (int k = 0; k < steps; k++) {
      a[k] = (k + offset) / steps;
      w[k] = 1.0 / steps;
    }
    return new Rule(a, w);
  }

  private static void requireThetaOne(double theta) {
    if (theta != 1) {
      throw new IllegalArgumentException("only the right Riemann sum takes a theta other than 1");
    }
  }

  /**
   * A quadrature rule on the path. Arrays are not copied, and not to be modified.
   *
   * @param alphas coefficients a_k in ascending order, each in [0, 1]
   * @param weights w_k, one for each; they sum to 1
   */
  public record Rule(double[] alphas, double[] weights) {
    /**
     * Checks the points.
     *
     * @throws IllegalArgumentException unless there is one weight for each of the points, and they
     *     ascend from 0 to 1
     */
    public Rule {
      boolean onPath = alphas.length > 0 && alphas[0] >= 0 && alphas[alphas.length - 1] <= 1;
      for (int k = 1; k < alphas.length; k++) {
        onPath &= alphas[k] >= alphas[k - 1];
      }
      if (!onPath || weights.length != alphas.length) {
        throw new IllegalArgumentException(
            "a rule has points in ascending order, each in [0, 1], and a weight for each");
      }
    }
  }
}
