package dev.gsig.attribution;

import static dev.gsig.attribution.HandMadeModel.abThenC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attributions of models that are solved by hand, from zero baselines. */
class HandMadeAttributionTest {
  private static final Offset<Double> TINY = within(1e-13);

  @TempDir Path folder;

  private static void assertScores(Scores scores, double l2, double signed) {
    assertThat(scores.l2()).isCloseTo(l2, TINY);
    assertThat(scores.signed()).isCloseTo(signed, TINY);
  }

  /**
   * CLS a b SEP c SEP sums to (6, 4), its mean is (1, 2/3): the logit is 6 + 2 + 0.5 with w = (6,
   * 3) and each token gets (row * w) / 6 = (row_0, row_1 / 2).
   */
  private Attribution linear(Options options) {
    Model model = HandMadeModel.binary(6, 3, 0.5).load(folder);
    return Explainer.of(model, null, options.build()).explain(abThenC(Map.of()));
  }

  @Test
  void tokensVisitsAndSpecialTokensByHand() {
    Attribution a = linear(Options.zero());
    assertThat(a.subjectId()).isEqualTo("abc");
    assertThat(a.tokens()).extracting(t -> t.position()).containsExactly(1, 2, 4);
    assertThat(a.tokens()).extracting(t -> t.code()).containsExactly("a", "b", "c");
    assertThat(a.tokens()).extracting(t -> t.visit()).containsExactly(0, 0, 1);
    assertScores(a.tokens().get(0).scores(), Math.hypot(2, 0.5), 2.5);
    assertScores(a.tokens().get(1).scores(), Math.hypot(-1, 1.5), 0.5);
    assertScores(a.tokens().get(2).scores(), Math.hypot(4, -1), 3);
    assertThat(a.visits()).extracting(v -> v.visit()).containsExactly(0, 1);
    assertScores(a.visits().get(0).scores(), Math.hypot(2, 0.5) + Math.hypot(-1, 1.5), 3);
    assertScores(a.visits().get(1).scores(), Math.hypot(4, -1), 3);
    assertScores(a.specialTokens(), 1 + 0.5 + 0.5, 2);
    assertThat(a.tabular()).isEmpty();
  }

  @Test
  void scoresGapAndPredictionByHand() {
    Attribution a = linear(Options.zero());
    assertThat(a.prediction().logit()).isCloseTo(8.5, TINY);
    assertThat(a.prediction().probability()).isCloseTo(1 / (1 + Math.exp(-8.5)), TINY);
    assertThat(a.prediction().predictedClass()).isEqualTo(1);
    assertThat(a.explainedClass()).isEqualTo(1);
    assertThat(a.score()).isCloseTo(8.5, TINY);
    assertThat(a.baselineScore()).isCloseTo(0.5, TINY);
    assertProbabilities(a, sigmoid(0.5), sigmoid(8.5));
    double l21 = Math.hypot(2, 0.5) + Math.hypot(-1, 1.5) + Math.hypot(4, -1);
    assertThat(a.l21()).isCloseTo(l21, TINY);
    assertThat(a.l21AtThetaOne()).isCloseTo(l21, TINY);
    assertThat(a.theta()).isEqualTo(1);
    assertThat(a.completenessGap()).isLessThan(1e-13);
    assertThat(a.completenessGapRelative()).isLessThan(1e-14);
    assertThat(a.steps()).isEqualTo(50);
    assertThat(a.sequenceBaseline()).isEqualTo(SequenceBaselines.ZERO);
    assertThat(a.thetaCurve()).hasSize(11);
    assertThat(a.notes().gradients()).isEqualTo(9 + 50);
  }

  @Test
  void anyThetaStepCountAndQuadratureGiveTheSameForALinearModel() {
    Attribution expected = linear(Options.zero());
    for (int steps : new int[] {1, 2, 7, 50}) {
      for (double theta : new double[] {0.1, 1, 5}) {
        assertSameScores(
            linear(Options.zero().steps(steps).theta(ThetaCandidates.fixedAt(theta))), expected);
      }
      for (Quadrature q : Quadrature.values()) {
        assertSameScores(linear(Options.plain(q, steps)), expected);
      }
    }
  }

  private static void assertSameScores(Attribution actual, Attribution expected) {
    for (int i = 0; i < expected.tokens().size(); i++) {
      Scores e = expected.tokens().get(i).scores();
      assertScores(actual.tokens().get(i).scores(), e.l2(), e.signed());
    }
    assertThat(actual.completenessGap()).isLessThan(1e-13);
  }

  @Test
  void classZeroOfOneLabelIsTheNegative() {
    Attribution a = linear(Options.zero().target(Target.LOGIT, 0));
    assertThat(a.explainedClass()).isEqualTo(0);
    assertThat(a.score()).isCloseTo(-8.5, TINY);
    assertThat(a.baselineScore()).isCloseTo(-0.5, TINY);
    assertProbabilities(a, sigmoid(-0.5), sigmoid(-8.5));
    assertThat(a.baselineAbovePatient()).isTrue();
    assertThat(a.baselineAboveHalf()).isFalse();
    assertScores(a.tokens().get(0).scores(), Math.hypot(2, 0.5), -2.5);
    assertScores(a.specialTokens(), 2, -2);
    // the prediction is still that of class 1
    assertThat(a.prediction().logit()).isCloseTo(8.5, TINY);
    assertThat(a.prediction().predictedClass()).isEqualTo(1);
  }

  /**
   * Along the path the logit is 0.5 + 8a, and every gradient is p (1 - p) times that of the logit:
   * the attribution is that of the logit times the sum over the steps.
   */
  @ParameterizedTest
  @EnumSource(ThetaCandidates.Search.class)
  void probabilityTargetByHand(ThetaCandidates.Search search) {
    for (int c = 0; c < 2; c++) {
      double sign = c == 1 ? 1 : -1;
      double theta = 0.1;
      double smallest = Double.POSITIVE_INFINITY;
      for (double t : ThetaCandidates.auto().values()) {
        theta = slopes(t) < smallest ? t : theta;
        smallest = Math.min(smallest, slopes(t));
      }
      Options options = Options.zero().search(search).target(Target.PROBABILITY, c);
      Attribution a = linear(options);
      assertThat(a.theta()).isEqualTo(theta);
      assertScores(
          a.tokens().get(0).scores(), smallest * Math.hypot(2, 0.5), sign * smallest * 2.5);
      assertScores(a.specialTokens(), smallest * 2, sign * smallest * 2);
      assertThat(a.score()).isCloseTo(sigmoid(sign * 8.5), TINY);
      assertThat(a.baselineScore()).isCloseTo(sigmoid(sign * 0.5), TINY);
      assertProbabilities(a, sigmoid(sign * 0.5), sigmoid(sign * 8.5));
      double change = Math.abs(sigmoid(8.5) - sigmoid(0.5));
      assertThat(a.completenessGap()).isCloseTo(Math.abs(8 * smallest - change), TINY);
      assertThat(a.completenessGapRelative())
          .isCloseTo(Math.abs(8 * smallest - change) / change, TINY);
      double atOne = slopes(1) * (Math.hypot(2, 0.5) + Math.hypot(-1, 1.5) + Math.hypot(4, -1));
      assertThat(a.l21AtThetaOne()).isCloseTo(atOne, within(0.05 * atOne));
    }
  }

  private static void assertProbabilities(Attribution a, double baseline, double patient) {
    assertThat(a.baselineProbability()).isCloseTo(baseline, TINY);
    assertThat(a.explainedProbability()).isCloseTo(patient, TINY);
  }

  /** A sigmoid a label: probabilities do not depend on the other labels. */
  @Test
  void probabilitiesOfAMultiLabelModelByHand() {
    Model model =
        HandMadeModel.binary(0, 0, 0)
            .classifier(3, new double[] {6, -6, 0, 12, 0, 0}, 0, 1, 0)
            .config("problem_type", "multi_label_classification")
            .load(folder);
    Options options = Options.zero().target(Target.LOGIT, 0);
    Attribution a = Explainer.of(model, null, options.build()).explain(abThenC(Map.of()));
    assertProbabilities(a, 0.5, sigmoid(2));
    assertThat(a.baselineAboveHalf()).isFalse();
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /** {@code sum_k w_k p_k (1 - p_k)}, p_k at logit 0.5 + 8 a_k. */
  private static double slopes(double theta) {
    double sum = 0;
    double previous = 0;
    for (int k = 1; k <= 50; k++) {
      double a = Math.pow(k / 50.0, theta);
      double p = sigmoid(0.5 + 8 * a);
      sum += (a - previous) * p * (1 - p);
      previous = a;
    }
    return sum;
  }

  /** Three classes with logits (6, 0, -6) . pooled, (0, 6, 12) . pooled + 1, 0. */
  private Attribution threeClasses(Options options) {
    Model model =
        HandMadeModel.binary(0, 0, 0)
            .classifier(3, new double[] {6, -6, 0, 12, 0, 0}, 0, 1, 0)
            .load(folder);
    return Explainer.of(model, null, options.build()).explain(abThenC(Map.of()));
  }

  @Test
  void thePredictedClassIsExplainedByDefault() {
    // pooled (1, 2/3): logits 2, 9, 0
    Attribution a = threeClasses(Options.zero());
    assertThat(a.prediction().predictedClass()).isEqualTo(1);
    assertThat(a.prediction().logit()).isCloseTo(9, TINY);
    double normaliser = Math.exp(2 - 9) + 1 + Math.exp(-9);
    assertThat(a.prediction().probability()).isCloseTo(1 / normaliser, TINY);
    assertThat(a.explainedClass()).isEqualTo(1);
    assertThat(a.score()).isCloseTo(9, TINY);
    assertThat(a.baselineScore()).isCloseTo(1, TINY);
    assertProbabilities(a, Math.E / (Math.E + 2), 1 / normaliser);
    assertThat(a.baselineAbovePatient()).isFalse();
    assertThat(a.baselineAboveHalf()).isTrue();
    // (row * (0, 12)) / 6
    assertScores(a.tokens().get(0).scores(), 2, 2);
    assertScores(a.tokens().get(1).scores(), 6, 6);
    assertScores(a.tokens().get(2).scores(), 4, -4);
    assertScores(a.specialTokens(), 4, 4);
  }

  @Test
  void thePredictedClassMayBeTheFirst() {
    Model model =
        HandMadeModel.binary(0, 0, 0)
            .classifier(3, new double[] {0, 12, 6, -6, 0, 0}, 1, 0, 0)
            .load(folder);
    Attribution a = Explainer.of(model, null, Options.zero().build()).explain(abThenC(Map.of()));
    assertThat(a.prediction().predictedClass()).isEqualTo(0);
    assertThat(a.explainedClass()).isEqualTo(0);
  }

  @Test
  void classOneOfOneLabelIsExplainedWhateverIsPredicted() {
    Model model = HandMadeModel.binary(-6, -3, -0.5).load(folder);
    Attribution a = Explainer.of(model, null, Options.zero().build()).explain(abThenC(Map.of()));
    assertThat(a.prediction().predictedClass()).isEqualTo(0);
    assertThat(a.explainedClass()).isEqualTo(1);
    assertThat(a.score()).isCloseTo(-8.5, TINY);
  }

  @Test
  void anotherClassIsExplainedWhenAskedFor() {
    Attribution a = threeClasses(Options.zero().target(Target.LOGIT, 0));
    assertThat(a.explainedClass()).isEqualTo(0);
    assertThat(a.prediction().predictedClass()).isEqualTo(1);
    assertThat(a.score()).isCloseTo(2, TINY);
    // (row * (6, -6)) / 6
    assertScores(a.tokens().get(0).scores(), Math.hypot(2, -1), 1);
    assertScores(a.specialTokens(), 3, -1);
    Attribution flat = threeClasses(Options.zero().target(Target.LOGIT, 2));
    assertThat(flat.score()).isCloseTo(0, TINY);
    assertThat(flat.l21()).isEqualTo(0);
    assertThat(flat.completenessGapRelative()).isNull();
  }

  /** Softmax along the path: logits 2a, 1 + 8a, 0; dp_0 = p_0 ((1 - p_0) dz_0 - p_1 dz_1). */
  @Test
  void probabilityOfOneOfSeveralClassesByHand() {
    Options options =
        Options.zero().target(Target.PROBABILITY, 0).theta(ThetaCandidates.fixedAt(1));
    Attribution a = threeClasses(options);
    double own = 0;
    double other = 0;
    for (int k = 1; k <= 50; k++) {
      double along = k / 50.0;
      double[] e = {Math.exp(2 * along), Math.exp(1 + 8 * along), 1};
      double sum = e[0] + e[1] + e[2];
      own += e[0] / sum * (1 - e[0] / sum) / 50;
      other -= e[0] / sum * e[1] / sum / 50;
    }
    // a = (2, 1): from z_0 (2, -1), from z_1 (0, 2)
    double first = own * 2;
    double second = own * -1 + other * 2;
    assertScores(a.tokens().get(0).scores(), Math.hypot(first, second), first + second);
    double score = Math.exp(2) / (Math.exp(2) + Math.exp(9) + 1);
    assertThat(a.score()).isCloseTo(score, TINY);
    assertThat(a.baselineScore()).isCloseTo(1 / (2 + Math.E), TINY);
    assertProbabilities(a, 1 / (2 + Math.E), score);
    double total = own * 2 + other * 8;
    double change = score - 1 / (2 + Math.E);
    assertThat(a.completenessGap()).isCloseTo(Math.abs(total - change), TINY);
  }

  /** logit = 6 e_0 + 3 e_1 + 2 age' - 4 bmi' + 0.5; age 70 is 2, bmi 15 is -2. */
  @Test
  void tabularValuesByHand() {
    Model model =
        HandMadeModel.binary(6, 3, 0)
            .withTabular()
            .classifier(1, new double[] {6, 3, 2, -4}, 0.5)
            .load(folder);
    Explainer explainer = Explainer.of(model, null, Options.zero().build());
    Attribution a = explainer.explain(abThenC(Map.of("age", 70.0, "bmi", 15.0)));
    assertThat(a.score()).isCloseTo(8.5 + 4 + 8, TINY);
    assertThat(a.baselineScore()).isCloseTo(0.5, TINY);
    assertThat(a.tabular()).extracting(t -> t.name()).containsExactly("age", "bmi");
    assertThat(a.tabular()).extracting(t -> t.value()).containsExactly(70.0, 15.0);
    assertThat(a.tabular().get(0).signed()).isCloseTo(4, TINY);
    assertThat(a.tabular().get(1).signed()).isCloseTo(8, TINY);
    assertThat(a.completenessGap()).isLessThan(1e-13);
    // the objective is that of the codes alone
    assertThat(a.l21())
        .isCloseTo(Math.hypot(2, 0.5) + Math.hypot(-1, 1.5) + Math.hypot(4, -1), TINY);
  }

  @Test
  void aMissingTabularValueIsTheTrainingMean() {
    Model model =
        HandMadeModel.binary(6, 3, 0)
            .withTabular()
            .classifier(1, new double[] {6, 3, 2, -4}, 0.5)
            .load(folder);
    Explainer explainer = Explainer.of(model, null, Options.zero().build());
    Attribution a = explainer.explain(abThenC(Map.of("age", 70.0, "unused", 3.0)));
    assertThat(a.score()).isCloseTo(8.5 + 4, TINY);
    assertThat(a.tabular().get(1).value()).isNull();
    assertThat(a.tabular().get(1).signed()).isEqualTo(0);
    assertThat(a.notes().missingTabular()).isEqualTo(1);
    assertThat(explainer.explain(abThenC(Map.of())).notes().missingTabular()).isEqualTo(2);
  }

  @Test
  void unknownCodesAndCutTokensAreReported() {
    Model model = HandMadeModel.binary(6, 3, 0.5).load(folder);
    Explainer explainer = Explainer.of(model, null, Options.zero().build());
    Trajectory tooLong =
        HandMadeModel.patient(
            "long",
            Map.of(),
            Visit.of("a", "b", "c"),
            new Visit("2031-05-06", List.of(), null, null),
            new Visit("2031-05-07", List.of("nowhere", "c", "c"), null, null),
            Visit.of("a"));
    // CLS | a b c SEP nowhere c c SEP a SEP: ten behind CLS, seven are kept
    Attribution a = explainer.explain(tooLong);
    assertThat(a.tokens()).extracting(t -> t.code()).containsExactly("nowhere", "c", "c", "a");
    assertThat(a.tokens()).extracting(t -> t.position()).containsExactly(2, 3, 4, 6);
    assertThat(a.tokens()).extracting(t -> t.visit()).containsExactly(2, 2, 2, 3);
    assertThat(a.visits()).extracting(v -> v.visit()).containsExactly(2, 3);
    assertThat(a.visits()).extracting(v -> v.time()).containsExactly("2031-05-07", null);
    assertThat(a.notes().unknownCodes()).isEqualTo(1);
    assertThat(a.notes().truncatedTokens()).isEqualTo(3);
    // UNK (0.25, 0.75) with w / n = (6, 3) / 8
    assertScores(a.tokens().get(0).scores(), Math.hypot(1.5 / 8, 2.25 / 8), 3.75 / 8);
    // the SEP of a visit that was cut counts as special: CLS (6/8), three SEPs (3/8 each)
    assertScores(a.specialTokens(), 15 / 8.0, 15 / 8.0);
  }
}
