package dev.gsig.attribution.path;

import java.util.Arrays;
import java.util.List;

/**
 * What a {@link PathMethod} makes of one patient's path: the attribution of every input, and how
 * sparse and how complete it is. Made by {@link AttributionNorms#result}.
 */
public final class PathResult {
  private final Candidate chosen;
  private final List<Candidate> candidates;
  private final boolean noneWithinGap;
  private final boolean nodeLimitReached;
  private final Measure measure;
  private final Convergence convergence;
  private final double[] standardErrors;

  /**
   * A result.
   *
   * @param chosen with its attribution
   * @param candidates theta = 1 first, then in ascending order
   * @param noneWithinGap whether no candidate met the bound on the gap, by full sums; never where
   *     the score does not change, for which there is no relative gap
   * @param nodeLimitReached whether the search on shared nodes ended before it knew what it had to
   * @param measure the weights of the points of the path; null where they are those of a rule
   * @param convergence of what has a tolerance; null for others
   */
  PathResult(
      Candidate chosen,
      List<Candidate> candidates,
      boolean noneWithinGap,
      boolean nodeLimitReached,
      Measure measure,
      Convergence convergence) {
    this(chosen, candidates, noneWithinGap, nodeLimitReached, measure, convergence, null);
  }

  private PathResult(
      Candidate chosen,
      List<Candidate> candidates,
      boolean noneWithinGap,
      boolean nodeLimitReached,
      Measure measure,
      Convergence convergence,
      double[] standardErrors) {
    this.chosen = chosen;
    this.candidates = List.copyOf(candidates);
    this.noneWithinGap = noneWithinGap;
    this.nodeLimitReached = nodeLimitReached;
    this.measure = measure;
    this.convergence = convergence;
    this.standardErrors = standardErrors;
  }

  /**
   * This result, of a method that estimates by sampling.
   *
   * @param errors the standard error of the attribution of every input. Not copied
   */
  PathResult withStandardErrors(double[] errors) {
    return new PathResult(
        chosen, candidates, noneWithinGap, nodeLimitReached, measure, convergence, errors);
  }

  /** The attribution of every input, as {@link PathGradient} orders them. Not to be modified. */
  public double[] attribution() {
    return chosen.attribution();
  }

  /** Sum over valid tokens of the 2-norm of their attribution. */
  public double l21() {
    return chosen.l21();
  }

  /** |sum of all attributions - (score - baseline's score)|. */
  public double completenessGap() {
    return chosen.gap();
  }

  /** What was chosen; exact, unless it may be read off shared nodes. */
  public Candidate chosen() {
    return chosen;
  }

  /** All that it was chosen from, theta = 1 first. */
  public List<Candidate> candidates() {
    return candidates;
  }

  /** l21 at theta = 1, exact or estimated as the first candidate says. */
  public double l21AtThetaOne() {
    return candidates.get(0).l21();
  }

  /**
   * Whether no candidate met the bound on the completeness gap, by full sums; never where the score
   * does not change, for which there is no relative gap.
   */
  public boolean noneWithinGap() {
    return noneWithinGap;
  }

  /** Whether the search on shared nodes ended before it knew what it had to. */
  public boolean nodeLimitReached() {
    return nodeLimitReached;
  }

  /** The weights of the points of the path; null where they are those of a rule. */
  public Measure measure() {
    return measure;
  }

  /** How far what has a tolerance came; null for other methods. */
  public Convergence convergence() {
    return convergence;
  }

  /**
   * The standard error of the attribution of every input, by sampling; null where nothing was
   * sampled. Not to be modified.
   */
  public double[] standardErrors() {
    return standardErrors;
  }

  /**
   * One exponent of the path that a method chooses from, and what is known of it.
   *
   * @param theta exponent of the path
   * @param objective lambdaGroup * l21 + lambdaL1 * 1-norm
   * @param objectiveError bound of the estimate's error; 0 when exact
   * @param l21 sum over valid tokens of the 2-norm
   * @param gap completeness gap
   * @param gapError bound of the estimate's error; 0 when exact
   * @param kind how it was obtained
   * @param attribution the attribution of every input, ordered as {@link PathGradient} has them;
   *     null when only estimated. Not copied, and not to be modified
   */
  public record Candidate(
      double theta,
      double objective,
      double objectiveError,
      double l21,
      double gap,
      double gapError,
      Kind kind,
      double[] attribution) {
    /** How the figures of a candidate were obtained. */
    public enum Kind {
      /** By the full sum. */
      EXACT("exact"),
      /**
       * On shared nodes, converged: the objective is known to 0.1% by the estimate of its error.
       */
      ESTIMATED("estimated"),
      /**
       * On shared nodes, not converged: the figures may be far off. Nothing was decided on them but
       * that this candidate cannot win, by as much as their errors allow.
       */
      ROUGH("rough");

      private final String label;

      Kind(String label) {
        this.label = label;
      }

      /** The name in results. */
      public String label() {
        return label;
      }
    }

    /** Relative error of an objective that counts as known. */
    static final double ACCURACY = 1e-3;

    /** Relative difference by which a later candidate must be better. */
    static final double MARGIN = 1e-6;

    /** What shared nodes tell. */
    static Candidate estimated(
        double theta, double objective, double error, double l21, double gap, double gapError) {
      Kind kind = error <= ACCURACY * objective ? Kind.ESTIMATED : Kind.ROUGH;
      return new Candidate(theta, objective, error, l21, gap, gapError, kind, null);
    }

    /**
     * This candidate with an attribution.
     *
     * @param estimate of every input. Not copied
     */
    Candidate withAttribution(double[] estimate) {
      return new Candidate(theta, objective, objectiveError, l21, gap, gapError, kind, estimate);
    }

    /** Whether the figures are the full sum's. */
    public boolean isExact() {
      return kind == Kind.EXACT;
    }

    /** True if the objective is exact or known to 0.1%, by its own estimate. */
    public boolean isAccurate() {
      return isAccurate(ACCURACY);
    }

    /** True if the objective is exact or known so well, by its own estimate. */
    boolean isAccurate(double relative) {
      return objectiveError <= relative * objective;
    }

    /** True if this one replaces {@code earlier}, which is preferred when they are about equal. */
    public boolean beats(Candidate earlier) {
      return objective < earlier.objective * (1 - MARGIN);
    }
  }

  /**
   * How far an integral to a tolerance came.
   *
   * @param tolerance what was asked for: bound of the attribution's relative error, and of the
   *     relative completeness gap
   * @param error estimate of the attribution's relative error, l21 of the difference
   * @param reached whether the error and the gap are within the tolerance
   * @param steepEnd an end of the path at which nearly all of the score changes; null if there is
   *     none
   */
  public record Convergence(double tolerance, double error, boolean reached, Side steepEnd) {
    /** An end of a path. */
    public enum Side {
      /** The baseline. */
      START("start"),
      /** The input. */
      END("end");

      private final String label;

      Side(String label) {
        this.label = label;
      }

      /** The name in results. */
      public String label() {
        return label;
      }
    }
  }

  /**
   * The weights that {@link PathMethods#BOUNDED_MEASURE} gave to the points of the straight path.
   *
   * @param alphas path coefficients a_k, the midpoints
   * @param weights one for each, summing to 1
   * @param complete whether the attributions add up to the score difference; if not, no weights
   *     within the bounds do, and equal ones are given
   * @param dualityGap certified bound of the relative distance of l21 from the smallest possible; 0
   *     where nothing was optimised
   */
  public record Measure(
      List<Double> alphas, List<Double> weights, boolean complete, double dualityGap) {
    /** Copies the lists. */
    public Measure {
      alphas = List.copyOf(alphas);
      weights = List.copyOf(weights);
    }

    static Measure of(Quadrature.Rule rule, boolean complete, double dualityGap) {
      return new Measure(list(rule.alphas()), list(rule.weights()), complete, dualityGap);
    }

    private static List<Double> list(double[] values) {
      return Arrays.stream(values).boxed().toList();
    }
  }
}
