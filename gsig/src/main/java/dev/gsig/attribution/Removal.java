package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.Batches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What the model says of one patient when codes are removed by a {@link RemovalRule}. What was
 * computed once is remembered: rankings of the same patient share many of their sets. Not
 * thread-safe.
 */
final class Removal {
  private static final int BATCH = 16;

  private final ExplainableModel model;
  private final Trajectory patient;
  private final TokenSequence sequence;
  private final RemovalRule rule;
  private final Map<String, double[]> baselineRows;
  private final Map<BitSet, double[]> known = new HashMap<>();
  private final Batches batches = new Batches(BATCH);
  private final Prediction prediction;
  private final ScoreFunction measured;

  /**
   * A patient.
   *
   * @param rule one that the model has the token for, {@link RemovalRule#requireUsable}
   * @param explained the class that is explained; null for the predicted one
   * @param baselineRows of each input that has rows {@code [L, cols]} for {@link
   *     RemovalRules#BASELINE}; else not read
   */
  Removal(
      ExplainableModel model,
      Trajectory patient,
      TokenSequence sequence,
      RemovalRule rule,
      Integer explained,
      Map<String, double[]> baselineRows) {
    this.model = model;
    this.patient = patient;
    this.sequence = sequence;
    this.rule = rule;
    this.baselineRows = baselineRows;
    double[] full = logits(new BitSet());
    prediction = model.prediction(full);
    boolean multiLabel = model.labels().multiLabel();
    int c = multiLabel && explained != null ? explained : prediction.predictedClass();
    measured = new ScoreFunction(Target.PROBABILITY, c, full.length, multiLabel);
  }

  /** What the model says when nothing is removed. */
  Prediction prediction() {
    return prediction;
  }

  /**
   * The class whose probability is measured: the one that is predicted when nothing is removed. The
   * labels of a multi-label model say nothing of each other, so there it is the explained one.
   */
  int measuredClass() {
    return measured.explainedClass();
  }

  /** The probability of the measured class without the codes at some positions. */
  double probability(BitSet removed) {
    return measured.score(logits(removed));
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
    Function<Backend, Void> batched =
        backend -> {
          batches.run(
              backend,
              missing.size(),
              (from, to) ->
                  compute(backend, missing.subList(from, to), sequences.subList(from, to)));
          return null;
        };
    ExplainableModel.namingShortage(patient, () -> model.withBackend(batched));
  }

  private void compute(Backend backend, List<BitSet> some, List<TokenSequence> sequences) {
    double[] logits = logits(backend, some, sequences);
    int labels = logits.length / some.size();
    for (int b = 0; b < some.size(); b++) {
      BitSet key = (BitSet) some.get(b).clone();
      known.put(key, Arrays.copyOfRange(logits, b * labels, (b + 1) * labels));
    }
  }

  private TokenSequence without(BitSet removed) {
    if (removed.isEmpty()) {
      return sequence;
    }
    TokenSequence rest = rule.without(sequence, removed, model.tokenizer().specialTokens());
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

  private double[] logits(Backend backend, List<BitSet> sets, List<TokenSequence> sequences) {
    int rows = sequences.stream().mapToInt(model::rowsFor).max().orElse(0);
    List<Points> points = new ArrayList<>();
    for (int b = 0; b < sets.size(); b++) {
      Subject subject = new Subject(patient, sequences.get(b), rows);
      List<PathInput> inputs = model.open(backend, subject);
      if (rule.takesBaselineRows()) {
        BitSet removed = sets.get(b);
        inputs = inputs.stream().map(input -> replaced(backend, input, removed)).toList();
      }
      points.add(Points.at(backend, subject, inputs));
    }
    return Points.logits(model, backend, points);
  }

  /** The input with rows of the baseline at some positions; takes over the tensors. */
  private PathInput replaced(Backend backend, PathInput input, BitSet removed) {
    if (!input.isRows()) {
      return input;
    }
    double[] values = input.download(backend);
    int d = input.shape().cols();
    double[] rows = baselineRows.get(input.name());
    removed.stream().forEach(j -> System.arraycopy(rows, j * d, values, j * d, d));
    Tensor replaced = backend.upload(input.shape(), values);
    backend.release(input.value());
    return PathInput.rows(input.name(), replaced, input.addend());
  }
}
