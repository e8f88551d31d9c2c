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
    public PathRule rule(int steps, double theta) {
      double[] a = new double[steps];
      double[] w = new double[steps];
      double previous = 0;
      for (int k = 1; k <= steps; k++) {
        double next = k == steps ? 1 : StrictMath.pow((double) k / steps, theta);
        a[k - 1] = next;
        w[k - 1] = next - previous;
        previous = next;
      }
      return new PathRule(a, w);
    }
  },
  /** Left Riemann sum: a_k = (k-1)/K, w_k = 1/K. */
  LEFT("left") {
    @Override
    public PathRule rule(int steps, double theta) {
      return equalWeights(steps, theta, 0);
    }
  },
  /** Midpoint rule: a_k = (k-1/2)/K, w_k = 1/K. */
  MIDPOINT("midpoint") {
    @Override
    public PathRule rule(int steps, double theta) {
      return equalWeights(steps, theta, 0.5);
    }
  },
  /** Trapezoidal rule on K + 1 nodes k/K; the two outer weights are 1/(2K). */
  TRAPEZOID("trapezoid") {
    @Override
    public PathRule rule(int steps, double theta) {
      requireThetaOne(theta);
      double[] a = new double[steps + 1];
      double[] w = new double[steps + 1];
      for (int k = 0; k <= steps; k++) {
        a[k] = (double) k / steps;
        w[k] = (k == 0 || k == steps ? 0.5 : 1.0) / steps;
      }
      return new PathRule(a, w);
    }
  },
  /** Gauss-Legendre rule with K nodes on [0, 1], exact for polynomials of degree 2K - 1. */
  GAUSS_LEGENDRE("gauss-legendre") {
    @Override
    public PathRule rule(int steps, double theta) {
      requireThetaOne(theta);
      GaussLegendre.Rule rule = GaussLegendre.rule(steps);
      return new PathRule(rule.points(), rule.weights());
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
  public abstract PathRule rule(int steps, double theta);

  private static PathRule equalWeights(int steps, double theta, double offset) {
    requireThetaOne(theta);
    double[] a = new double[steps];
    double[] w = new double[steps];
    for (int k = 0; k < steps; k++) {
      a[k] = (k + offset) / steps;
      w[k] = 1.0 / steps;
    }
    return new PathRule(a, w);
  }

  private static void requireThetaOne(double theta) {
    if (theta != 1) {
      throw new IllegalArgumentException("only the right Riemann sum takes a theta other than 1");
    }
  }
}
