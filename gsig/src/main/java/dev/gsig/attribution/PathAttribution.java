package dev.gsig.attribution;

import dev.gsig.attribution.Attribution.Notes;
import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TabularScore;
import dev.gsig.attribution.Attribution.ThetaPoint;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Attribution.VisitScore;
import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.transformer.config.Tabular;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A patient's attribution before it is summed up by token, visit and feature. */
record PathAttribution(
    Trajectory trajectory,
    TokenSequence sequence,
    Prediction prediction,
    int explainedClass,
    double score,
    double baselineScore,
    PathResult result,
    Double relativeGap,
    int gradients) {

  /** The attribution of every input: rows of the embedding, then tabular values. */
  double[] values() {
    return result.attribution();
  }

  /** l2 and signed score of one row. */
  private static Scores row(double[] ig, int row, int d) {
    double squares = 0;
    double sum = 0;
    for (int i = row * d; i < (row + 1) * d; i++) {
      squares += ig[i] * ig[i];
      sum += ig[i];
    }
    return new Scores(Math.sqrt(squares), sum);
  }

  private static Scores plus(Scores a, Scores b) {
    return new Scores(a.l2() + b.l2(), a.signed() + b.signed());
  }

  /** The scores of the codes in a sequence. */
  static List<TokenScore> tokens(TokenSequence sequence, double[] ig, int d) {
    List<TokenScore> tokens = new ArrayList<>();
    for (int j = 0; j < sequence.length(); j++) {
      if (!sequence.isSpecial(j)) {
        tokens.add(token(sequence, j, row(ig, j, d), null));
      }
    }
    return tokens;
  }

  /** The score of the code at a position. */
  static TokenScore token(TokenSequence sequence, int position, Scores scores, SourceEvent event) {
    return new TokenScore(
        position,
        sequence.code(position),
        sequence.visit(position),
        !sequence.isUnknown(position),
        scores,
        event);
  }

  Attribution toAttribution(Model model, ExplainOptions options) {
    double[] ig = values();
    int d = model.config().hiddenSize();
    Tabular branch = model.config().tabular();
    int features = branch == null ? 0 : branch.features().size();
    int rows = (ig.length - features) / d;
    Scores none = new Scores(0, 0);
    Scores special = none;
    List<TokenScore> tokens = new ArrayList<>();
    Map<Integer, Scores> visits = new TreeMap<>();
    for (int j = 0; j < rows; j++) {
      Scores s = row(ig, j, d);
      if (sequence.isSpecial(j)) {
        special = plus(special, s);
      } else {
        int visit = sequence.visit(j);
        SourceEvent event = trajectory.visits().get(visit).event(sequence.codeIndex(j));
        tokens.add(token(sequence, j, s, event));
        visits.merge(visit, s, PathAttribution::plus);
      }
    }
    double[] ofSpecial = {special.l2(), special.signed()};
    Finite.require(trajectory.subjectId(), "the attribution of the special tokens", ofSpecial);
    List<TabularScore> tabular = new ArrayList<>();
    int missing = 0;
    for (int t = 0; t < features; t++) {
      String name = branch.features().get(t).name();
      Double value = trajectory.tabular().get(name);
      missing += value == null ? 1 : 0;
      tabular.add(new TabularScore(name, value, ig[rows * d + t]));
    }
    Candidate chosen = result.chosen();
    return new Attribution(
        trajectory.subjectId(),
        prediction,
        explainedClass,
        score,
        baselineScore,
        options.sequenceBaseline(),
        options.tabularBaseline(),
        options.path().steps(),
        options.path().quadrature(),
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
            result.noneWithinGap(),
            result.nodeLimitReached(),
            gradients),
        result.measure(),
        model.labels().className(explainedClass));
  }
}
