package dev.gsig.attribution.path;

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
 * @param attribution the attribution of every input, ordered as {@link PathGradient} has them; null
 *     when only estimated. Not copied, and not to be modified
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
    /** On shared nodes, converged: the objective is known to 0.1% by the estimate of its error. */
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
