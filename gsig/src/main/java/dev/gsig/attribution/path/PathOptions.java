package dev.gsig.attribution.path;

import dev.gsig.attribution.internal.math.GaussLegendre;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * How a {@link PathMethod} sums the gradient along the path. Each method reads some of these.
 *
 * @param steps K, the number of steps of the sum, 1 to 1,000,000
 * @param quadrature rule of the sum
 * @param tolerance relative error of an integral that takes as many points as it needs; null for
 *     the rule with its number of steps
 * @param theta exponents of the path to choose from
 * @param search how they are compared
 * @param lambdaGroup weight of l21 in the objective
 * @param lambdaL1 weight of the 1-norm of the valid tokens' attribution in the objective
 * @param maxCompletenessGap bound on the relative completeness gap; null for none
 * @param sampling what a method that draws at random draws
 * @param sharedAttribution whether the attribution of {@link PathMethods#GSIG}, too, is read off
 *     the gradients at shared nodes, with an error within the tolerance, in place of the full sum
 */
public record PathOptions(
    int steps,
    Quadrature quadrature,
    Double tolerance,
    ThetaCandidates theta,
    ThetaCandidates.Search search,
    double lambdaGroup,
    double lambdaL1,
    Double maxCompletenessGap,
    Sampling sampling,
    boolean sharedAttribution)
    implements Serializable {
  /** Tolerance where nobody asks for another. */
  public static final double DEFAULT_TOLERANCE = 0.01;

  /**
   * As the paper on GS-IG has it: 50 steps of the right Riemann sum, objective l21. Methods that
   * integrate do so to {@link #DEFAULT_TOLERANCE}.
   */
  public static final PathOptions DEFAULT =
      new PathOptions(
          50,
          Quadrature.RIGHT,
          DEFAULT_TOLERANCE,
          ThetaCandidates.auto(),
          ThetaCandidates.Search.SHARED,
          1,
          0,
          null);

  /** Options of methods that draw nothing at random, and sum in full. */
  public PathOptions(
      int steps,
      Quadrature quadrature,
      Double tolerance,
      ThetaCandidates theta,
      ThetaCandidates.Search search,
      double lambdaGroup,
      double lambdaL1,
      Double maxCompletenessGap) {
    this(
        steps,
        quadrature,
        tolerance,
        theta,
        search,
        lambdaGroup,
        lambdaL1,
        maxCompletenessGap,
        Sampling.DEFAULT,
        false);
  }

  /**
   * Checks what does not depend on a method.
   *
   * @throws IllegalArgumentException saying which option is wrong and what it may be
   */
  public PathOptions {
    if (steps < 1 || steps > 1_000_000) {
      throw new IllegalArgumentException("steps must be 1 to 1000000, but is " + steps);
    }
    if (quadrature == Quadrature.GAUSS_LEGENDRE && steps > GaussLegendre.MOST) {
      throw new IllegalArgumentException(
          "gauss-legendre takes at most "
              + GaussLegendre.MOST
              + " steps, more than it ever needs, but there are "
              + steps);
    }
    if (tolerance != null && !(tolerance > 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "the tolerance must be above 0 and below 1, but is " + tolerance);
    }
    if (!(lambdaGroup >= 0 && lambdaL1 >= 0 && lambdaGroup + lambdaL1 > 0)
        || Double.isInfinite(lambdaGroup + lambdaL1)) {
      throw new IllegalArgumentException(
          "lambda-group and lambda-l1 must be 0 or more, finite, and not both 0");
    }
    if (maxCompletenessGap != null && !(maxCompletenessGap > 0)) {
      throw new IllegalArgumentException(
          "the largest completeness gap must be above 0, but is " + maxCompletenessGap);
    }
    if (sharedAttribution
        && (maxCompletenessGap != null || search == ThetaCandidates.Search.EXACT)) {
      throw new IllegalArgumentException(
          "an attribution that is read off shared nodes needs a shared search, and has no full sums"
              + " to tell whether a completeness gap is within a bound");
    }
  }

  /** To what an attribution is read off shared nodes; the default where integrals have a rule. */
  public double sharedTolerance() {
    return tolerance == null ? DEFAULT_TOLERANCE : tolerance;
  }

  /**
   * Whether a method integrates to the tolerance, and tells of no number of steps.
   *
   * @see PathResult.Convergence
   */
  public boolean isIntegralBy(PathMethod method) {
    return tolerance != null
        && MethodOption.TOLERANCE.isUsedBy(method)
        && !MethodOption.ATTRIBUTION.isUsedBy(method);
  }

  /**
   * Makes sure that one of some methods reads whatever differs from the default.
   *
   * @throws IllegalArgumentException naming an option that none of them makes use of
   */
  public void requireUsedBy(List<PathMethod> methods) {
    ThetaCandidates auto = ThetaCandidates.auto();
    boolean isAuto =
        !theta.continuous() && !theta.fixed() && Arrays.equals(theta.values(), auto.values());
    refuse(MethodOption.STEPS, methods, steps != DEFAULT.steps);
    refuse(MethodOption.THETA, methods, !isAuto);
    refuse(MethodOption.THETA_SEARCH, methods, search != ThetaCandidates.Search.SHARED);
    refuse(MethodOption.LAMBDA_GROUP, methods, lambdaGroup != 1);
    refuse(MethodOption.LAMBDA_L1, methods, lambdaL1 != 0);
    refuse(MethodOption.MAX_COMPLETENESS_GAP, methods, maxCompletenessGap != null);
    refuse(MethodOption.QUADRATURE, methods, quadrature != Quadrature.RIGHT);
    refuse(
        MethodOption.PERMUTATIONS,
        methods,
        sampling.permutations() != Sampling.DEFAULT.permutations());
    refuse(MethodOption.SEED, methods, sampling.seed() != Sampling.DEFAULT.seed());
    boolean another = tolerance != null && tolerance != DEFAULT_TOLERANCE;
    refuse(MethodOption.TOLERANCE, methods, another);
    refuse(MethodOption.ATTRIBUTION, methods, sharedAttribution);
  }

  private void refuse(MethodOption option, List<PathMethod> methods, boolean isSet) {
    String refusal = isSet ? option.refusal(methods, theta, sharedAttribution) : null;
    if (refusal != null) {
      throw new IllegalArgumentException(refusal);
    }
  }

  /**
   * How a method that draws at random draws.
   *
   * @param permutations how many, 2 to 1,000,000
   * @param seed of what is drawn: the same for each patient, whatever the number of threads
   */
  public record Sampling(int permutations, long seed) implements Serializable {
    /** 64 permutations, seed 1. */
    public static final Sampling DEFAULT = new Sampling(64, 1);

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if there are too few for a standard error, or too many
     */
    public Sampling {
      if (permutations < 2 || permutations > 1_000_000) {
        throw new IllegalArgumentException(
            "permutations must be 2 to 1000000, but is " + permutations);
      }
    }
  }
}
