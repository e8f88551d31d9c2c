package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Prediction;
import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the model says of one patient when codes are removed by a {@link RemovalRule}. What was
 * computed once is remembered: rankings of the same patient share many of their sets. Not
 * thread-safe.
 */
final class Removal {
  private final ExplainableModel model;
  private final Explainer rowsFrom;
  private final Trajectory patient;
  private final TokenSequence sequence;
  private final RemovalRule rule;
  private final Integer explained;
  private final Map<BitSet, double[]> known = new HashMap<>();
  private ScoreFunction measured;

  /**
   * A patient.
   *
   * @param rowsFrom its paths start at the rows for {@link RemovalRule#takesBaselineRows}; else not
   *     read
   * @param rule one that the model has the token for, {@link RemovalRule#requireUsable}
   * @param explained the class that is explained; null for the predicted one
   */
  Removal(
      ExplainableModel model,
      Explainer rowsFrom,
      Trajectory patient,
      TokenSequence sequence,
      RemovalRule rule,
      Integer explained) {
    this.model = model;
    this.rowsFrom = rowsFrom;
    this.patient = patient;
    this.sequence = sequence;
    this.rule = rule;
    this.explained = explained;
  }

  /** What the model says when nothing is removed. */
  Prediction prediction() {
    return Prediction.of(logits(new BitSet()), model.labels());
  }

  /**
   * The class whose probability is measured: the one that is predicted when nothing is removed. The
   * labels of a multi-label model say nothing of each other, so there it is the explained one.
   */
  int measuredClass() {
    return measured().explainedClass();
  }

  private ScoreFunction measured() {
    if (measured == null) {
      boolean multiLabel = model.labels().multiLabel();
      int c = multiLabel && explained != null ? explained : prediction().predictedClass();
      measured = new ScoreFunction(true, c, model.labels().count(), multiLabel);
    }
    return measured;
  }

  /** The probability of the measured class without the codes at some positions. */
  double probability(BitSet removed) {
    return measured().score(logits(removed));
  }

  /** The logits without the codes at some positions. Not to be modified. */
  double[] logits(BitSet removed) {
    compute(List.of(removed));
    return known.get(removed);
  }

  /** Computes what is not known yet, several at once; only for the sake of speed. */
  void compute(List<BitSet> sets) {
    List<BitSet> missing = sets.stream().filter(s -> !known.containsKey(s)).distinct().toList();
    if (missing.isEmpty()) {
      return;
    }
    List<TokenSequence> sequences = missing.stream().map(this::without).toList();
    double[][] logits =
        rule.takesBaselineRows()
            ? rowsFrom.logitsFromStart(patient, sequences, missing)
            : model.logits(patient, sequences);
    for (int i = 0; i < logits.length; i++) {
      known.put((BitSet) missing.get(i).clone(), logits[i]);
    }
  }

  /** Whether the model has something to read without the codes at some positions. */
  boolean leavesSomething(BitSet removed) {
    return rest(removed).length() > 0;
  }

  private TokenSequence rest(BitSet removed) {
    return rule.without(sequence, removed, model.tokenizer().specialTokens());
  }

  private TokenSequence without(BitSet removed) {
    TokenSequence rest = rest(removed);
    if (rest.length() == 0) {
      throw new InvalidInputException(
          "patient "
              + Json.quote(patient.subjectId())
              + ": the removal rule '"
              + rule.label()
              + "' leaves nothing to read, for the model has no CLS;"
              + " choose the rule 'pad', or leave the patient out");
    }
    return rest;
  }
}
