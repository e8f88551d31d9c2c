package dev.gsig.attribution;

import dev.gsig.attribution.Attribution.InputScores;
import dev.gsig.attribution.Attribution.Notes;
import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TabularScore;
import dev.gsig.attribution.Attribution.ThetaPoint;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Attribution.ValueScore;
import dev.gsig.attribution.Attribution.VisitScore;
import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A patient's attribution before it is summed up by token, visit and feature. */
record PathAttribution(
    PathMethod method,
    Trajectory trajectory,
    TokenSequence sequence,
    List<InputSpan> spans,
    Prediction prediction,
    int explainedClass,
    double score,
    double baselineScore,
    double baselineProbability,
    double explainedProbability,
    PathResult result,
    Double relativeGap,
    int gradients,
    ValueStarts valueStarts) {

  /** The attribution of every number of every input, as the spans say. */
  double[] values() {
    return result.attribution();
  }

  /** l2 and signed score of one row of an input. */
  private static Scores row(double[] ig, InputSpan span, int row) {
    double squares = 0;
    double sum = 0;
    int first = span.offset() + row * span.cols();
    for (int i = first; i < first + span.cols(); i++) {
      squares += ig[i] * ig[i];
      sum += ig[i];
    }
    return new Scores(Math.sqrt(squares), sum);
  }

  private static Scores plus(Scores a, Scores b) {
    return new Scores(a.l2() + b.l2(), a.signed() + b.signed());
  }

  /** l2 and signed score of a position, over all inputs that have rows. */
  private static Scores position(double[] ig, List<InputSpan> spans, int position) {
    Scores sum = null;
    for (InputSpan span : spans) {
      if (span.isRows()) {
        Scores s = row(ig, span, position);
        sum = sum == null ? s : plus(sum, s);
      }
    }
    return sum == null ? new Scores(0, 0) : sum;
  }

  /** The scores of the codes in a sequence. */
  static List<TokenScore> tokens(TokenSequence sequence, double[] ig, List<InputSpan> spans) {
    List<TokenScore> tokens = new ArrayList<>();
    for (int j = 0; j < sequence.length(); j++) {
      if (!sequence.isSpecial(j)) {
        tokens.add(token(sequence, j, position(ig, spans, j), null, null, null));
      }
    }
    return tokens;
  }

  /** The score of the code at a position. */
  private static TokenScore token(
      TokenSequence sequence,
      int position,
      Scores scores,
      SourceEvent event,
      Double error,
      ValueScore value) {
    return new TokenScore(
        position,
        sequence.code(position),
        sequence.visit(position),
        !sequence.isUnknown(position),
        scores,
        event,
        error,
        value);
  }

  /** The standard error of the score of a position; null where nothing was sampled. */
  private Double standardError(int position) {
    // where there is one, it stands at one entry for all rows of the position
    double[] errors = result.standardErrors();
    return errors == null ? null : Double.valueOf(position(errors, spans, position).signed());
  }

  /** Positions that have rows; those of real tokens where no input has rows. */
  private int rows() {
    return spans.stream()
        .filter(InputSpan::isRows)
        .mapToInt(InputSpan::rows)
        .findFirst()
        .orElse(sequence.length());
  }

  /** The attribution of each entry of an input. */
  private List<TabularScore> entries(InputSpan span) {
    List<TabularScore> entries = new ArrayList<>();
    for (int e = 0; e < span.cols(); e++) {
      Double value = span.features().isEmpty() ? null : trajectory.tabular().get(span.label(e));
      int i = span.offset() + e;
      double[] errors = result.standardErrors();
      Double error = errors == null ? null : Double.valueOf(errors[i]);
      entries.add(new TabularScore(span.label(e), value, values()[i], error));
    }
    return entries;
  }

  private InputScores input(InputSpan span) {
    List<Scores> rows = new ArrayList<>();
    for (int j = 0; span.isRows() && j < span.rows(); j++) {
      rows.add(row(values(), span, j));
    }
    return new InputScores(span.name(), rows, span.isRows() ? List.of() : entries(span));
  }

  /** The attribution, summed up, with no other beside it. */
  Attribution toAttribution(ExplainableModel model, ExplainOptions options) {
    return toAttribution(model, options, List.of());
  }

  /**
   * The attribution, summed up.
   *
   * @param readings by other methods
   */
  Attribution toAttribution(
      ExplainableModel model, ExplainOptions options, List<Attribution> readings) {
    double[] ig = values();
    Scores special = new Scores(0, 0);
    List<TokenScore> tokens = new ArrayList<>();
    Map<Integer, Scores> visits = new TreeMap<>();
    for (int j = 0, rows = rows(); j < rows; j++) {
      Scores s = position(ig, spans, j);
      if (sequence.isSpecial(j)) {
        special = plus(special, s);
      } else {
        int visit = sequence.visit(j);
        SourceEvent event = trajectory.visits().get(visit).event(sequence.codeIndex(j));
        tokens.add(token(sequence, j, s, event, standardError(j), value(j)));
        visits.merge(visit, s, PathAttribution::plus);
      }
    }
    double[] ofSpecial = {special.l2(), special.signed()};
    Finite.require(trajectory.subjectId(), "the attribution of the special tokens", ofSpecial);
    List<InputScores> inputs = spans.stream().map(this::input).toList();
    List<TabularScore> tabular = new ArrayList<>();
    int missing = 0;
    for (InputSpan span : spans) {
      for (TabularScore entry : span.isRows() ? List.<TabularScore>of() : entries(span)) {
        missing += !span.features().isEmpty() && entry.value() == null ? 1 : 0;
        tabular.add(entry);
      }
    }
    Candidate chosen = result.chosen();
    boolean steps = !options.path().isIntegralBy(method) && MethodOption.STEPS.isUsedBy(method);
    return new Attribution(
        method,
        trajectory.subjectId(),
        prediction,
        explainedClass,
        score,
        baselineScore,
        baselineProbability,
        explainedProbability,
        isHeld(true) ? SequenceBaselines.SELF : options.sequenceBaseline(),
        isHeld(false) ? TabularBaselines.SELF : options.tabularBaseline(),
        valueSpan() == null ? null : options.valueBaseline(),
        steps ? (Integer) options.path().steps() : null,
        steps ? options.path().quadrature() : null,
        chosen.theta(),
        result.candidates().stream()
            .map(c -> new ThetaPoint(c.theta(), c.l21(), c.gap(), c.kind()))
            .toList(),
        chosen.l21(),
        result.l21AtThetaOne(),
        chosen.gap(),
        relativeGap,
        tokens,
        special,
        visits.entrySet().stream()
            .map(
                e ->
                    new VisitScore(
                        e.getKey(), trajectory.visits().get(e.getKey()).time(), e.getValue()))
            .toList(),
        tabular,
        new Notes(
            sequence.unknownCodes(),
            sequence.truncatedTokens(),
            missing,
            sequence.emptyVisits(),
            sequence.disorderedVisits(),
            sequence.roundedAges(),
            valuesFromTraining(),
            result.noneWithinGap(),
            result.nodeLimitReached(),
            gradients),
        result.measure(),
        options.target().next() == null
            ? model.labels().className(explainedClass)
            : options.target().label(),
        inputs,
        result.convergence(),
        readings);
  }

  /** The input of values that moves; null if there is none. */
  private InputSpan valueSpan() {
    return spans.stream()
        .filter(span -> span.isOfValues() && !span.fixed())
        .findFirst()
        .orElse(null);
  }

  /** The value at a position; null where there is none, or it is held. */
  private ValueScore value(int position) {
    InputSpan span = valueSpan();
    if (span == null || Double.isNaN(sequence.value()[position])) {
      return null;
    }
    double number =
        trajectory.visits().get(sequence.visit(position)).value(sequence.codeIndex(position));
    double start = valueStarts.number(sequence.code(position));
    return new ValueScore(number, start, values()[span.number(position)]);
  }

  private int valuesFromTraining() {
    double[] own = valueSpan() == null ? new double[0] : sequence.value();
    return (int)
        IntStream.range(0, own.length)
            .filter(j -> !Double.isNaN(own[j]) && valueStarts.isOfTraining(sequence.code(j)))
            .count();
  }

  /** Whether there are inputs with rows, or with entries, and all of them are held. */
  private boolean isHeld(boolean rows) {
    List<InputSpan> such =
        spans.stream().filter(span -> span.isRows() == rows && !span.isOfValues()).toList();
    return !such.isEmpty() && such.stream().allMatch(InputSpan::fixed);
  }
}
