package dev.gsig.attribution;

/**
 * One theta and what is known of it.
 *
 * @param theta exponent of the path
 * @param objective lambdaGroup * l21 + lambdaL1 * 1-norm
 * @param objectiveError bound of the estimate's error; 0 when exact
 * @param l21 sum over valid tokens of the 2-norm
 * @param gap completeness gap
 * @param attribution the attribution of every input; null when only estimated
 */
record Candidate(
    double theta,
    double objective,
    double objectiveError,
    double l21,
    double gap,
    double[] attribution) {
  /** Relative difference by which a later candidate must be better. */
  private static final double MARGIN = 1e-6;

  boolean isExact() {
    return attribution != null;
  }

  /** True if this one replaces {@code earlier}, which is preferred when they are about equal. */
  boolean beats(Candidate earlier) {
    return objective < earlier.objective * (1 - MARGIN);
  }
}
