package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import java.util.List;

/**
 * One patient's figures, for every line of an {@link Evaluator}.
 *
 * @param subjectId the patient
 * @param codes how many codes the model saw
 * @param predictedClass what the model says
 * @param measures one entry for each line
 */
public record Evaluation(String subjectId, int codes, int predictedClass, List<Measures> measures) {
  /** Copies the list. */
  public Evaluation {
    measures = List.copyOf(measures);
  }

  /**
   * What is compared.
   *
   * @param baseline where its path starts; null if it has none
   */
  public record Line(EvaluatedMethod method, SequenceBaseline baseline) {}

  /**
   * The figures of one line.
   *
   * @param byL2 faithfulness of the ranking by l2
   * @param bySigned faithfulness of the ranking by signed scores
   * @param l21 sum over codes of the 2-norm of their attribution; null for what attributes no
   *     features
   * @param relativeGap relative completeness gap; null where it is not defined
   * @param codesFor90 the least number of codes whose l2 scores make up 90% of all
   * @param milliseconds wall-clock time of the explanation on the thread that did it
   * @param fellBack whether a constraint could not be met: no theta within the gap, or no weights
   *     that are complete
   * @param infidelity what {@link Infidelity} says; null if it was not asked for
   * @param maxSensitivity as {@link SampledMetrics} defines it; null if it was not asked for, for
   *     controls, and where all scores are 0
   */
  public record Measures(
      Faithfulness byL2,
      Faithfulness bySigned,
      Double l21,
      Double relativeGap,
      int codesFor90,
      double milliseconds,
      boolean fellBack,
      Infidelity infidelity,
      Double maxSensitivity) {}

  /**
   * How far sums of a patient's attributions are from what the model does when their codes are
   * removed (Yeh, Hsieh, Suggala, Inouye and Ravikumar, "On the (in)fidelity and sensitivity of
   * explanations", NeurIPS 2019, definition 2.1). The perturbation I removes a random set S of
   * codes: their rows become those where the path starts, so that, in units of the whole difference
   * of a row, {@code I' phi} is the sum of the codes' signed scores:
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
}
