package dev.gsig.attribution.evaluation;

import static dev.gsig.attribution.HandMadeModel.abThenC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.HandMadeModel;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.Options;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.StepStudy.Curve;
import dev.gsig.attribution.evaluation.StepStudy.Point;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepStudyTest {
  private static final ThetaCandidates THETAS = ThetaCandidates.of(0.3, 3);

  @TempDir Path folder;

  private static EvaluationOptions options(RemovalRule rule, Integer explainedClass) {
    return new EvaluationOptions(
        List.of(),
        List.of(SequenceBaselines.ZERO),
        1,
        TabularBaselines.ZERO,
        Target.PROBABILITY,
        explainedClass,
        rule,
        SequenceBaselines.ZERO,
        List.of(1.0, 50.0),
        1);
  }

  /** The model says class 1. */
  private Model model() {
    return HandMadeModel.binary(3, 1, -2).load(folder);
  }

  @ParameterizedTest
  @CsvSource({"true, pad, 1", "false, pad, 1", "true, baseline, 1", "true, pad, 0"})
  void everyPointIsWhatAnExplainerFinds(boolean exact, String name, int explained) {
    RemovalRule rule =
        RemovalRules.named().stream().filter(r -> r.label().equals(name)).findFirst().get();
    Model model = model();
    Trajectory patient = abThenC(Map.of());
    StepStudy study =
        StepStudy.of(model, null, options(rule, explained), List.of(4, 50), THETAS, exact);
    Explainer fromZero = GivenRows.from(model, new double[2 * HandMadeModel.LENGTH]);
    TokenSequence sequence = model.tokenizer().tokenize(patient);
    Removal removal = new Removal(model, fromZero, patient, sequence, rule, null);
    List<Curve> curves = study.study(patient);
    assertThat(curves).extracting(Curve::steps).containsExactly(4, 50);
    for (Curve curve : curves) {
      assertThat(curve.points()).extracting(Point::theta).containsExactly(1.0, 0.3, 3.0);
      Options options =
          Options.zero().target(Target.PROBABILITY, explained).steps(curve.steps()).theta(THETAS);
      double chosen = Explainer.of(model, null, options.build()).explain(patient).theta();
      assertThat(curve.best().theta()).isEqualTo(chosen).isNotEqualTo(1);
      assertThat(curve.one().theta()).isEqualTo(1);
      for (Point point : curve.points()) {
        options.theta(ThetaCandidates.fixedAt(point.theta()));
        Attribution a = Explainer.of(model, null, options.build()).explain(patient);
        double error = exact ? 1e-12 : 1e-3;
        assertThat(point.l21()).isCloseTo(a.l21(), within(error * a.l21()));
        assertThat(point.relativeGap()).isCloseTo(a.completenessGapRelative(), within(error));
        double[] shares = {1, 50};
        boolean forPredicted = explained == 1;
        assertThat(point.byL2())
            .isEqualTo(
                Faithfulness.of(removal, Ranking.L2.order(a.tokens(), forPredicted), shares));
        assertThat(point.bySigned())
            .isEqualTo(
                Faithfulness.of(removal, Ranking.SIGNED.order(a.tokens(), forPredicted), shares));
      }
    }
  }

  /** Each of them fills the sequence. */
  @Test
  void aCohortInOrder() {
    List<Trajectory> cohort = new ArrayList<>();
    for (String code : new String[] {"a", "b", "c", "a"}) {
      cohort.add(
          HandMadeModel.patient(code, Map.of(), Visit.of("a", code, "b"), Visit.of("b", "c")));
    }
    EvaluationOptions options = options(RemovalRules.DELETE, null);
    StepStudy study = StepStudy.of(model(), null, options, List.of(3), THETAS, true);
    AtomicInteger studied = new AtomicInteger();
    List<List<Curve>> curves = new ArrayList<>();
    study.studyAll(cohort, 2, studied::incrementAndGet, curves::add);
    assertThat(curves).isEqualTo(cohort.stream().map(study::study).toList());
    assertThat(curves.get(1)).isNotEqualTo(curves.get(2));
    assertThat(studied).hasValue(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_000_001})
  void stepsOutOfRange(int steps) {
    EvaluationOptions options = options(RemovalRules.PAD, null);
    Model model = model();
    for (List<Integer> bad : List.of(List.<Integer>of(), List.of(1, steps))) {
      assertThatThrownBy(() -> StepStudy.of(model, null, options, bad, THETAS, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("steps must be 1 to 1000000, but are " + bad);
    }
    assertThat(StepStudy.of(model, null, options, List.of(1, 1_000_000), THETAS, true)).isNotNull();
  }

  @Test
  void theMaskRuleNeedsAMaskToken() {
    Model model = HandMadeModel.binary(1, 1, 0).config("mask_token_id", null).load(folder);
    EvaluationOptions options = options(RemovalRules.MASK, null);
    assertThatThrownBy(() -> StepStudy.of(model, null, options, List.of(1), THETAS, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("mask_token_id");
  }
}
