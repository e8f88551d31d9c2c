package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.SequenceBaseline;
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
}
