package dev.gsig.attribution.evaluation;

/**
 * Metrics that are estimated from random draws, and how many: {@link Infidelity}, and how much an
 * explanation changes where the patient hardly does, the max-sensitivity of Yeh et al. (NeurIPS
 * 2019, definition 3.1), relative to the explanation and over random neighbours:
 *
 * <pre>
 *   max over x' of || phi(x') - phi(x) ||_2 / || phi(x) ||_2,    || x'_j - x_j ||_2 = r || x_j ||_2
 * </pre>
 *
 * <p>phi are the signed scores of the codes and x_j a code's row at the attribution point;
 * directions are uniform. The class that is explained and the start of the path stay. Draws are
 * each patient's own, and the same for every line.
 *
 * @param removals sets of codes that are removed for the infidelity; 0 to leave it out
 * @param neighbours points x' near a patient for the sensitivity; 0 to leave it out
 * @param radius r, above 0 and at most 1
 */
public record SampledMetrics(int removals, int neighbours, double radius) {
  /** None of them. */
  public static final SampledMetrics NONE = new SampledMetrics(0, 0, 0.05);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException saying what is wrong and what it may be
   */
  public SampledMetrics {
    requireCount("sets that are removed", removals);
    requireCount("neighbours", neighbours);
    if (!(radius > 0) || radius > 1) {
      throw new IllegalArgumentException(
          "the radius must be above 0 and at most 1, but is " + radius);
    }
  }

  private static void requireCount(String what, int count) {
    if (count < 0 || count > 1_000_000) {
      throw new IllegalArgumentException(
          "the number of " + what + " must be 0 to 1000000, but is " + count);
    }
  }
}
