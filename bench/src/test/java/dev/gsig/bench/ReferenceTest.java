package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.Trajectory;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The reference tells a wrong explanation from a right one; the smoke test has the right ones. */
class ReferenceTest {
  private static Reference reference;
  private static Trajectory patient;

  @BeforeAll
  static void loadTheDemo() {
    System.setProperty(BenchmarkModel.HOME, "..");
    reference = new Reference(BenchmarkModel.DEMO);
    patient = BenchmarkModel.DEMO.patients().get(0);
  }

  private static Attribution explain(ExplainOptions options) {
    return BenchmarkModel.DEMO.explainer(options).explain(patient);
  }

  /** Sums of few and of many steps are computed differently. */
  @Test
  void noticesAnotherNumberOfSteps() {
    for (int steps : new int[] {10, 40}) {
      Attribution wrong = explain(Options.ig(Quadrature.RIGHT, 2 * steps));
      assertThatThrownBy(() -> reference.check(wrong, Options.ig(Quadrature.RIGHT, steps), patient))
          .hasMessageStartingWith("wrong numbers: attribution[");
    }
  }

  @Test
  void noticesAWorseTheta() {
    ExplainOptions options =
        Options.gsig(10, ThetaCandidates.grid(0.1, 5, 4), ThetaCandidates.Search.SHARED);
    Attribution wrong =
        explain(Options.gsig(10, ThetaCandidates.fixedAt(5), ThetaCandidates.Search.SHARED));
    assertThatThrownBy(() -> reference.check(wrong, options, patient))
        .hasMessageStartingWith("wrong choice: l21 is ");
  }

  @Test
  void noticesWrongScoresOfTheRightTheta() {
    ExplainOptions options =
        Options.gsig(10, ThetaCandidates.of(0.5), ThetaCandidates.Search.SHARED);
    Attribution right = explain(options);
    Attribution other =
        BenchmarkModel.DEMO.explainer(options).explain(BenchmarkModel.DEMO.patients().get(1));
    Attribution wrong = withTabularOf(right, other);
    assertThatThrownBy(() -> reference.check(wrong, options, patient))
        .hasMessageStartingWith("wrong numbers: attribution[");
  }

  private static Attribution withTabularOf(Attribution a, Attribution other) {
    return new Attribution(
        a.method(),
        a.subjectId(),
        a.prediction(),
        a.explainedClass(),
        a.score(),
        a.baselineScore(),
        a.baselineProbability(),
        a.explainedProbability(),
        a.sequenceBaseline(),
        a.tabularBaseline(),
        a.valueBaseline(),
        a.steps(),
        a.quadrature(),
        a.theta(),
        a.thetaCurve(),
        a.l21(),
        a.l21AtThetaOne(),
        a.completenessGap(),
        a.completenessGapRelative(),
        a.tokens(),
        a.specialTokens(),
        a.visits(),
        other.tabular(),
        a.notes(),
        a.measure(),
        a.explainedClassName(),
        List.of(),
        null,
        List.of());
  }
}
