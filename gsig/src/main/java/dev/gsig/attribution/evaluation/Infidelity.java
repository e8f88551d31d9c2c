package dev.gsig.attribution.evaluation;

/**
 * How far sums of a patient's attributions are from what the model does when their codes are
 * removed (Yeh, Hsieh, Suggala, Inouye and Ravikumar, "On the (in)fidelity and sensitivity of
 * explanations", NeurIPS 2019, definition 2.1). The perturbation I removes a random set S of codes:
 * their rows become those where the path starts, so that, in units of the whole difference of a
 * row, {@code I' phi} is the sum of the codes' signed scores:
 *
 * <pre>
 *   p(S) = sum over j in S of phi_j          d(S) = f(x) - f(x with the rows of S at the start)
 *   infidelity = E[(p - d)^2]                S: a size from 1 to n, then a set of that size,
 *                                            each with the same probability
 *   normalised = min over b of E[(b p - d)^2] / E[d^2] = 1 - E[p d]^2 / (E[p^2] E[d^2])
 * </pre>
 *
 * <p>The paper scales attributions by the best b, {@code E[p d] / E[p^2]}, to compare methods on
 * different scales; here the rest is divided by {@code E[d^2]} as well, so that patients and
 * baselines compare: 0 where scores add up to every change but for a factor, 1 where they say
 * nothing of any.
 *
 * @param value squared score; at least 0
 * @param normalised from 0 to 1; null if no removal changes the score
 */
public record Infidelity(double value, Double normalised) {
  /**
   * Compares sums of scores with changes.
   *
   * @param sums p of each set
   * @param changes d of each set
   */
  static Infidelity of(double[] sums, double[] changes) {
    double errors = 0;
    double pp = 0;
    double pd = 0;
    double dd = 0;
    for (int k = 0; k < sums.length; k++) {
      double error = sums[k] - changes[k];
      errors += error * error;
      pp += sums[k] * sums[k];
      pd += sums[k] * changes[k];
      dd += changes[k] * changes[k];
    }
    double b = pp == 0 ? 0 : pd / pp;
    double rest = 0;
    for (int k = 0; k < sums.length; k++) {
      double error = b * sums[k] - changes[k];
      rest += error * error;
    }
    return new Infidelity(errors / sums.length, dd == 0 ? null : Double.valueOf(rest / dd));
  }
}
