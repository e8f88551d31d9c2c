package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Fixture;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.Evaluation.Measures;
import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SensitivityTest {
  private static final double[] NONE = {};

  private static EvaluationOptions options(
      List<EvaluatedMethod> methods, SampledMetrics metrics, int steps) {
    EvaluationOptions plain =
        new EvaluationOptions(
            methods,
            List.of(SequenceBaselines.ZERO),
            steps,
            TabularBaselines.ZERO,
            Target.LOGIT,
            null,
            RemovalRules.DELETE,
            SequenceBaselines.ZERO,
            List.of(50.0),
            3);
    return plain.with(metrics);
  }

  private static Double sensitivity(
      OneFeature model, EvaluatedMethod method, int neighbours, double radius, String... codes) {
    EvaluationOptions o = options(List.of(method), new SampledMetrics(0, neighbours, radius), 10);
    return Evaluator.of(model, null, null, o)
        .evaluate(OneFeature.patient("p", codes))
        .measures()
        .get(0)
        .maxSensitivity();
  }

  /** In one dimension every row moves by r of itself, and with it its share of a linear score. */
  @Test
  void ofALinearModelTheRadius() {
    try (OneFeature model = new OneFeature(false, NONE, 0.75)) {
      for (double radius : new double[] {0.01, 0.25}) {
        assertThat(sensitivity(model, EvaluatedMethods.GRADIENT_X_INPUT, 1, radius, "a", "b"))
            .isCloseTo(radius, within(1e-14));
      }
    }
  }

  /**
   * {@code f = s^2}: by K right steps from zero {@code phi_j = x_j s (K + 1) / K}; each row moves
   * to one of two places, and enough draws find the worst of all eight.
   */
  @Test
  void ofASquareTheWorstCorner() {
    double[] x = {1, -2, 4};
    double r = 0.2;
    double worst = 0;
    for (int corner = 0; corner < 8; corner++) {
      double[] moved = new double[3];
      double s = 0.5;
      for (int j = 0; j < 3; j++) {
        moved[j] = x[j] * (1 + ((corner >> j & 1) == 1 ? r : -r));
        s += moved[j];
      }
      double change = 0;
      double length = 0;
      for (int j = 0; j < 3; j++) {
        double before = x[j] * 3.5;
        change += (moved[j] * s - before) * (moved[j] * s - before);
        length += before * before;
      }
      worst = Math.max(worst, Math.sqrt(change / length));
    }
    try (OneFeature model = new OneFeature(true, NONE, -0.3)) {
      assertThat(sensitivity(model, EvaluatedMethods.IG, 80, r, "a", "b", "c"))
          .isCloseTo(worst, within(1e-12));
      double before = 0;
      for (int draws : new int[] {1, 2, 4, 80}) {
        double found = sensitivity(model, EvaluatedMethods.IG, draws, r, "a", "b", "c");
        assertThat(found).isGreaterThanOrEqualTo(before).isLessThan(worst + 1e-12);
        before = found;
      }
    }
  }

  /** Two opposite classes: a small move may change the prediction, not what is explained. */
  @Test
  void theExplainedClassStays() {
    try (OneFeature model = new OneFeature(false, NONE, 1, -1)) {
      // s = 0.5 + 1 + 1 - 2 = 0.5: a move by 0.5 of each row turns the sign of many sums.
      assertThat(sensitivity(model, EvaluatedMethods.IG, 30, 0.5, "a", "a", "b"))
          .isCloseTo(0.5, within(1e-14));
    }
  }

  @Test
  void notDefinedForControlsAndWithoutAnyScore() {
    try (OneFeature model = new OneFeature(false, NONE, 1)) {
      assertThat(sensitivity(model, EvaluatedMethods.OCCLUSION, 3, 0.1, "a", "b")).isNull();
      assertThat(sensitivity(model, EvaluatedMethods.IG, 0, 0.1, "a", "b")).isNull();
    }
    try (OneFeature constant = new OneFeature(false, NONE, 0)) {
      assertThat(sensitivity(constant, EvaluatedMethods.IG, 3, 0.1, "a", "b")).isNull();
    }
  }

  @Test
  void anyNumberOfThreadsMeasuresTheSame() {
    Fixture fixture = Fixture.named("bert-pooler");
    try (Model model = fixture.model("simd")) {
      ReferenceBank bank = ReferenceBank.of(model, fixture.cohort(), 2);
      List<EvaluatedMethod> methods =
          List.of(
              EvaluatedMethods.GSIG,
              EvaluatedMethods.IG,
              EvaluatedMethods.EXPECTED_GRADIENTS,
              EvaluatedMethods.RANDOM);
      EvaluationOptions options = options(methods, new SampledMetrics(12, 3, 0.1), 8);
      Evaluator evaluator = Evaluator.of(model, null, bank, options);
      List<List<Object>> runs = new ArrayList<>();
      for (int threads : new int[] {1, 3}) {
        List<Object> measured = new ArrayList<>();
        List<Trajectory> cohort = fixture.cohort();
        evaluator.evaluateAll(
            cohort,
            threads,
            () -> {},
            e -> {
              for (Measures m : e.measures()) {
                measured.add(List.of(m.infidelity(), "" + m.maxSensitivity()));
              }
            });
        runs.add(measured);
      }
      assertThat(runs.get(0)).hasSize(4 * fixture.cohort().size()).doesNotHaveDuplicates();
      assertThat(runs.get(1)).isEqualTo(runs.get(0));
    }
  }

  @Test
  void numbersOutOfRange() {
    assertThatThrownBy(() -> new SampledMetrics(-1, 0, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of sets that are removed must be 0 to 1000000, but is -1");
    assertThatThrownBy(() -> new SampledMetrics(0, 1_000_001, 0.1))
        .hasMessage("the number of neighbours must be 0 to 1000000, but is 1000001");
    for (double radius : new double[] {0, -1, 1.01, Double.NaN}) {
      assertThatThrownBy(() -> new SampledMetrics(0, 0, radius))
          .hasMessage("the radius must be above 0 and at most 1, but is " + radius);
    }
  }
}
