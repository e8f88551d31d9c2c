package dev.gsig.attribution.path;

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
  private final PathMeasure measure;
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
      PathMeasure measure,
      Convergence convergence) {
    this(chosen, candidates, noneWithinGap, nodeLimitReached, measure, convergence, null);
  }

  private PathResult(
      Candidate chosen,
      List<Candidate> candidates,
      boolean noneWithinGap,
      boolean nodeLimitReached,
      PathMeasure measure,
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
  public PathMeasure measure() {
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
}
