package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.HandMadeModel;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.Evaluation.Line;
import dev.gsig.attribution.evaluation.Evaluation.Measures;
import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorTest {
  @TempDir Path folder;

  private static EvaluationOptions options(List<EvaluatedMethod> methods, RemovalRule rule) {
    return options(methods, rule, 10, Target.LOGIT, 1);
  }

  private static EvaluationOptions options(
      List<EvaluatedMethod> methods, RemovalRule rule, int steps, Target target, long seed) {
    return new EvaluationOptions(
        methods,
        List.of(SequenceBaselines.ZERO, SequenceBaselines.PAD),
        steps,
        TabularBaselines.ZERO,
        target,
        null,
        rule,
        SequenceBaselines.ZERO,
        List.of(1.0, 50.0),
        seed);
  }

  private Evaluator evaluator(List<EvaluatedMethod> methods, RemovalRule rule) {
    Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
    return Evaluator.of(model, null, null, options(methods, rule));
  }

  private static List<TokenScore> tokens(double... l2) {
    List<TokenScore> tokens = new ArrayList<>();
    for (int j = 0; j < l2.length; j++) {
      tokens.add(new TokenScore(j, "c", 0, true, new Scores(l2[j], 0)));
    }
    return tokens;
  }

  @Test
  void codesThatCarryMost() {
    assertThat(Evaluator.codesFor(0.9, tokens(1, 8, 0.5, 0.5))).isEqualTo(2);
    assertThat(Evaluator.codesFor(0.9, tokens(1, 1, 1, 1))).isEqualTo(4);
    assertThat(Evaluator.codesFor(0.75, tokens(1, 1, 1, 1))).isEqualTo(3);
    assertThat(Evaluator.codesFor(0.9, tokens(0, 0))).isZero();
  }

  @Test
  void eachBaselineOnceAndWhatHasNoneAtTheEnd() {
    List<EvaluatedMethod> methods =
        List.of(EvaluatedMethods.RANDOM, EvaluatedMethods.GSIG, EvaluatedMethods.IG);
    assertThat(evaluator(methods, RemovalRules.PAD).lines())
        .containsExactly(
            new Line(EvaluatedMethods.GSIG, SequenceBaselines.ZERO),
            new Line(EvaluatedMethods.IG, SequenceBaselines.ZERO),
            new Line(EvaluatedMethods.GSIG, SequenceBaselines.PAD),
            new Line(EvaluatedMethods.IG, SequenceBaselines.PAD),
            new Line(EvaluatedMethods.RANDOM, null));
  }

  /**
   * A linear model over rows that keep their number: what is removed under the rule 'baseline' with
   * zero rows changes the logit by exactly its integrated gradient from zero, so IG, gradient x
   * input and occlusion agree.
   */
  @Test
  void onALinearModelTheMethodsAgree() {
    List<EvaluatedMethod> methods =
        List.of(EvaluatedMethods.IG, EvaluatedMethods.GRADIENT_X_INPUT, EvaluatedMethods.OCCLUSION);
    Evaluator evaluator = evaluator(methods, RemovalRules.BASELINE);
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    Evaluation e = evaluator.evaluate(patient);
    assertThat(e.codes()).isEqualTo(3);
    assertThat(e.predictedClass()).isEqualTo(1);
    Measures ig = e.measures().get(0);
    Measures gradient = e.measures().get(2);
    Measures occlusion = e.measures().get(3);
    assertThat(gradient.bySigned()).isEqualTo(ig.bySigned());
    assertThat(gradient.l21()).isCloseTo(ig.l21(), within(1e-12));
    assertThat(gradient.relativeGap()).isLessThan(1e-12);
    assertThat(occlusion.bySigned()).isEqualTo(ig.bySigned());
    assertThat(occlusion.l21()).isNull();
    assertThat(occlusion.relativeGap()).isNull();
    // signed scores are positive multiples of 1.25, 0.25 and 1.5: c, a, b
    double z = (0.5 * 6 + 0.25 * 4) / 6 - 0.125;
    double withoutC = z - 1.5 / 6;
    double withoutCa = withoutC - 1.25 / 6;
    double p = ScoreFunction.sigmoid(z);
    assertThat(ig.bySigned().comprehensiveness())
        .isCloseTo(
            p - (ScoreFunction.sigmoid(withoutC) + ScoreFunction.sigmoid(withoutCa)) / 2,
            within(1e-12));
  }

  @Test
  void randomScoresAreEachPatientsOwnWhateverElseIsEvaluated() {
    Evaluator alone = evaluator(List.of(EvaluatedMethods.RANDOM), RemovalRules.PAD);
    Evaluator among =
        evaluator(
            List.of(EvaluatedMethods.GSIG, EvaluatedMethods.OCCLUSION, EvaluatedMethods.RANDOM),
            RemovalRules.PAD);
    Trajectory patient =
        HandMadeModel.patient("r", Map.of(), Visit.of("a", "b", "c"), Visit.of("c"));
    Measures one = alone.evaluate(patient).measures().get(0);
    List<Measures> all = among.evaluate(patient).measures();
    Measures other = all.get(all.size() - 1);
    assertThat(other.byL2()).isEqualTo(one.byL2());
    assertThat(other.bySigned()).isEqualTo(one.bySigned());
  }

  @Test
  void randomScoresAreOthersForAnotherSeedOrPatient() {
    Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
    Line random = new Line(EvaluatedMethods.RANDOM, null);
    List<List<TokenScore>> scores = new ArrayList<>();
    for (long seed : new long[] {1, 2}) {
      Evaluator evaluator =
          Evaluator.of(
              model,
              null,
              null,
              options(List.of(EvaluatedMethods.RANDOM), RemovalRules.PAD, 1, Target.LOGIT, seed));
      for (String id : new String[] {"p", "q"}) {
        Trajectory patient = HandMadeModel.patient(id, Map.of(), Visit.of("a", "b", "c"));
        scores.add(evaluator.tokens(random, patient));
      }
    }
    assertThat(scores).doesNotHaveDuplicates();
  }

  @Test
  void countsTheCodesThatTheModelSaw() {
    Trajectory patient =
        HandMadeModel.patient("four", Map.of(), Visit.of("a", "b", "c"), Visit.of("c"));
    Evaluator evaluator = evaluator(List.of(), RemovalRules.PAD);
    assertThat(evaluator.evaluate(patient).codes()).isEqualTo(4);
  }

  @Test
  void expectedGradientsStartFromTheBank() {
    Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    ReferenceBank itself = ReferenceBank.of(model, List.of(patient), 1);
    Evaluator evaluator =
        Evaluator.of(
            model,
            null,
            itself,
            options(List.of(EvaluatedMethods.EXPECTED_GRADIENTS), RemovalRules.PAD));
    assertThat(evaluator.evaluate(patient).measures().get(0).l21()).isZero();
  }

  /** One step of a curved path is far from complete, fifty are not. */
  @Test
  void saysWhereAConstraintCouldNotBeMet() {
    Model model = HandMadeModel.binary(3, 1, -2).load(folder);
    List<EvaluatedMethod> methods =
        List.of(
            EvaluatedMethods.IG,
            EvaluatedMethods.GSIG_GAP_5,
            EvaluatedMethods.BOUNDED_MEASURE,
            EvaluatedMethods.RANDOM);
    for (int steps : new int[] {1, 50}) {
      EvaluationOptions options = options(methods, RemovalRules.PAD, steps, Target.PROBABILITY, 1);
      Evaluation e =
          Evaluator.of(model, null, null, options).evaluate(HandMadeModel.abThenC(Map.of()));
      boolean missed = steps == 1;
      assertThat(e.measures().subList(0, 3))
          .extracting(Measures::fellBack)
          .containsExactly(false, missed, missed);
      assertThat(e.measures().get(6).fellBack()).isFalse();
    }
  }

  @Test
  void theMaskRuleNeedsAMaskToken() {
    Model model = HandMadeModel.binary(1, 1, 0).config("mask_token_id", null).load(folder);
    EvaluationOptions options = options(List.of(EvaluatedMethods.IG), RemovalRules.MASK);
    assertThatThrownBy(() -> Evaluator.of(model, null, null, options))
        .hasMessageStartingWith("the removal rule 'mask' needs a mask_token_id");
  }

  @Test
  void aCohortOfNobody() {
    List<Evaluation> none = new ArrayList<>();
    evaluator(List.of(EvaluatedMethods.IG), RemovalRules.PAD)
        .evaluateAll(List.of(), 2, () -> {}, none::add);
    assertThat(none).isEmpty();
  }

  @Test
  void aCohortInOrderOnSeveralThreads() {
    Evaluator evaluator = evaluator(List.of(EvaluatedMethods.IG), RemovalRules.DELETE);
    List<Trajectory> cohort = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      cohort.add(HandMadeModel.patient("p" + i, Map.of(), Visit.of("a"), Visit.of("b", "c")));
    }
    AtomicInteger measured = new AtomicInteger();
    List<String> ids = new ArrayList<>();
    evaluator.evaluateAll(cohort, 3, measured::incrementAndGet, e -> ids.add(e.subjectId()));
    assertThat(ids).containsExactlyElementsOf(cohort.stream().map(Trajectory::subjectId).toList());
    assertThat(measured).hasValue((20 + 1) * evaluator.lines().size());
  }

  @Test
  void expectedGradientsNeedABank() {
    assertThatThrownBy(
            () -> evaluator(List.of(EvaluatedMethods.EXPECTED_GRADIENTS), RemovalRules.PAD))
        .hasMessageStartingWith("the method expected-gradients starts from validation patients");
  }

  @Test
  void theNamesOfWhatIsCompared() {
    assertThat(EvaluatedMethods.named())
        .extracting(EvaluatedMethod::label)
        .containsExactly(
            "ig",
            "ig-gauss-legendre",
            "ig-to-tolerance",
            "gsig",
            "gsig-gap-5",
            "bounded-measure",
            "expected-gradients",
            "idgi",
            "guided-ig",
            "dig",
            "shapley",
            "random",
            "gradient-x-input",
            "occlusion");
    assertThat(EvaluatedMethods.named()).extracting(EvaluatedMethod::title).doesNotHaveDuplicates();
    assertThat(EvaluatedMethods.named())
        .filteredOn(m -> !EvaluatedMethods.usual().contains(m))
        .extracting(EvaluatedMethod::label)
        .containsExactly("idgi", "guided-ig", "dig", "shapley");
    assertThat(RemovalRules.named())
        .extracting(RemovalRule::label)
        .containsExactly("delete", "pad", "mask", "baseline");
  }

  @Test
  void theEndsOfTheRanges() {
    for (int steps : new int[] {1, 1_000_000}) {
      EvaluationOptions options =
          new EvaluationOptions(
              List.of(),
              List.of(),
              steps,
              TabularBaselines.ZERO,
              Target.LOGIT,
              null,
              RemovalRules.PAD,
              SequenceBaselines.ZERO,
              List.of(100.0),
              1);
      assertThat(options.steps()).isEqualTo(steps);
      assertThat(options.shares()).containsExactly(100);
    }
  }

  @Test
  void sharesOutOfRange() {
    for (Double k : new Double[] {0.0, -1.0, 100.5, Double.NaN}) {
      assertThatThrownBy(
              () ->
                  new EvaluationOptions(
                      List.of(),
                      List.of(),
                      1,
                      TabularBaselines.ZERO,
                      Target.LOGIT,
                      null,
                      RemovalRules.PAD,
                      SequenceBaselines.ZERO,
                      List.of(k),
                      1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("above 0 and at most 100 percent");
    }
  }
}
