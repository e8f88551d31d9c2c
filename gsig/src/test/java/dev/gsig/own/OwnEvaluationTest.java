package dev.gsig.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.Evaluation;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.Evaluator;
import dev.gsig.attribution.evaluation.Faithfulness;
import dev.gsig.attribution.evaluation.RemovalRule;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.evaluation.StepStudy;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods compared on a model from outside. */
class OwnEvaluationTest {
  private final TwoTables model = new TwoTables("ejml", "1");
  private final List<Trajectory> validation = TwoTablesTest.validation();
  private final Baseline baseline = Baseline.estimate(model, validation);
  private final ReferenceBank bank = ReferenceBank.of(model, validation, 3);
  private final Trajectory patient =
      TwoTablesTest.patient("p", 20, 14, Visit.of("a", "b"), Visit.of("c", "a"));

  @AfterEach
  void close() {
    model.close();
  }

  private static EvaluationOptions options(RemovalRule rule, double percent) {
    return new EvaluationOptions(
        EvaluatedMethods.usual(),
        List.of(SequenceBaselines.MANIFOLD_MEAN, SequenceBaselines.PAD),
        20,
        TabularBaselines.MEAN,
        Target.LOGIT,
        null,
        rule,
        SequenceBaselines.MANIFOLD_MEAN,
        List.of(percent),
        5);
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @ParameterizedTest
  @ValueSource(strings = {"delete", "pad", "baseline"})
  void everyMethodAndControlIsMeasured(String name) {
    RemovalRule rule =
        RemovalRules.named().stream().filter(r -> r.label().equals(name)).findFirst().orElseThrow();
    Evaluator evaluator = Evaluator.of(model, baseline, bank, options(rule, 50));
    Evaluation found = evaluator.evaluate(patient);
    assertThat(found.codes()).isEqualTo(4);
    assertThat(found.measures()).hasSameSizeAs(evaluator.lines());
    List<Evaluation> together = new ArrayList<>();
    evaluator.evaluateAll(List.of(patient, patient), 2, () -> {}, together::add);
    for (Evaluation again : together) {
      for (int i = 0; i < again.measures().size(); i++) {
        assertThat(again.measures().get(i).byL2()).isEqualTo(found.measures().get(i).byL2());
      }
    }
  }

  /** All codes removed: only the values are left, and all that the codes did is gone. */
  @Test
  void withoutAnyCodeTheRestOfTheModelIsLeft() {
    EvaluationOptions all = options(RemovalRules.PAD, 100);
    Faithfulness f =
        Evaluator.of(model, baseline, bank, all).evaluate(patient).measures().get(0).byL2();
    double full = model.logits(patient)[0];
    int sign = full > 0 ? 1 : -1;
    // P . PAD is 0, and so is that of the SEPs behind: 0.5 * 0.75 + 0.5 for each.
    double seps =
        2 * (TwoTables.P[0] * TwoTables.CODES[1][0] + TwoTables.P[1] * TwoTables.CODES[1][1]);
    double visits = 0;
    var sequence = model.tokenizer().tokenize(patient);
    for (double[] row : TwoTables.visits(sequence, sequence.length())) {
      for (int e = 0; e < row.length; e++) {
        visits += TwoTables.Q[e] * row[e];
      }
    }
    double left = seps * visits + 2 * 2 - 3 * 1.4;
    assertThat(f.comprehensiveness())
        .isCloseTo(sigmoid(sign * full) - sigmoid(sign * left), within(1e-12));
  }

  @Test
  void theModelLacksAMask() {
    assertThatThrownBy(() -> Evaluator.of(model, baseline, bank, options(RemovalRules.MASK, 50)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("mask");
  }

  @Test
  void stepsAreStudied() {
    StepStudy study =
        StepStudy.of(
            model,
            baseline,
            options(RemovalRules.DELETE, 50),
            List.of(4, 16),
            ThetaCandidates.auto(),
            true);
    List<StepStudy.Curve> curves = study.study(patient);
    assertThat(curves).extracting(StepStudy.Curve::steps).containsExactly(4, 16);
    assertThat(curves.get(1).one().relativeGap()).isLessThan(curves.get(0).one().relativeGap());
  }
}
