package dev.gsig.attribution;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.Batches;
import dev.gsig.transformer.internal.TokenBatch;
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

  private final Model model;
  private final Trajectory patient;
  private final TokenSequence sequence;
  private final RemovalRule rule;
  private final double[] baselineRows;
  private final Map<BitSet, double[]> known = new HashMap<>();
  private final Batches batches = new Batches(BATCH);
  private final Prediction prediction;
  private final ScoreFunction measured;

  /**
   * A patient.
   *
   * @param rule one that the model has the token for, {@link RemovalRule#requireUsable}
   * @param explained the class that is explained; null for the predicted one
   * @param baselineRows {@code [L, d]} for {@link RemovalRules#BASELINE}; else not read
   */
  Removal(
      Model model,
      Trajectory patient,
      TokenSequence sequence,
      RemovalRule rule,
      Integer explained,
      double[] baselineRows) {
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
              0,
              missing.size(),
              (from, to, lastChance) ->
                  compute(backend, missing.subList(from, to), sequences.subList(from, to)));
          return null;
        };
    Model.naming(patient, () -> Model.namingShortage(patient, () -> model.withBackend(batched)));
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
    TokenSequence rest = rule.without(sequence, removed, model.config().specialTokens());
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
    var transformer = model.transformer();
    int rows = sequences.stream().mapToInt(s -> transformer.rowsFor(s.length())).max().orElse(0);
    TokenBatch batch = new TokenBatch(sequences, rows);
    List<Tensor> held = new ArrayList<>();
    try (Tape tape = new Tape(backend)) {
      Tensor point = transformer.attributionPoint(backend, batch);
      held.add(point);
      if (rule.takesBaselineRows()) {
        point = replaced(backend, point, sets);
        held.add(point);
      }
      Tensor addend = transformer.addend(backend, batch);
      if (addend != null) {
        held.add(addend);
      }
      Variable tabular = tabular(tape, sets.size());
      Variable y = transformer.logits(tape, tape.constant(point), addend, batch.lengths(), tabular);
      return Finite.require(patient.subjectId(), "the logits", backend.download(y.value()));
    } finally {
      held.forEach(backend::release);
    }
  }

  private Tensor replaced(Backend backend, Tensor point, List<BitSet> sets) {
    double[] values = backend.download(point);
    Shape shape = point.shape();
    int d = model.config().hiddenSize();
    int each = values.length / sets.size();
    for (int b = 0; b < sets.size(); b++) {
      int start = b * each;
      sets.get(b).stream()
          .forEach(j -> System.arraycopy(baselineRows, j * d, values, start + j * d, d));
    }
    return backend.upload(shape, values);
  }

  private Variable tabular(Tape tape, int items) {
    double[] values = model.tabular(patient);
    if (values.length == 0) {
      return null;
    }
    double[] rows = new double[items * values.length];
    for (int b = 0; b < items; b++) {
      System.arraycopy(values, 0, rows, b * values.length, values.length);
    }
    Backend backend = tape.backend();
    Tensor uploaded = backend.upload(Shape.matrix(items, values.length), rows);
    Variable v = tape.constant(uploaded);
    backend.release(uploaded);
    return v;
  }
}
