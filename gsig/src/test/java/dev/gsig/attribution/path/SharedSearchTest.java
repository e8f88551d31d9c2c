package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.internal.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Shared-node search against exact search on the bundled demo model and 100 of its patients: some
 * 60,000 gradients, so it is left out where only the scalar kernels run, which give the same bits.
 */
@Tag("cohort")
class SharedSearchTest {
  private static final Path DEMO = Path.of("../demo");
  private static final int PATIENTS = 100;

  /** What both searches found for one patient. */
  private record Outcome(
      double regretOfDecision,
      double worstCurveError,
      int decisionGradients,
      int accuracyGradients,
      double l21Reduction) {}

  @Test
  void choosesAsExactSearchDoesWithFewGradients() {
    Model model = Model.load(DEMO.resolve("model"));
    Baseline baseline =
        Baseline.estimate(model, CohortReader.readAll(DEMO.resolve("validation.jsonl")));
    List<Trajectory> patients =
        CohortReader.readAll(DEMO.resolve("test.jsonl")).subList(0, PATIENTS);
    Explainer explainer = Explainer.of(model, baseline, ExplainOptions.DEFAULT);
    List<Outcome> outcomes = new ArrayList<>();
    try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      workers.map(patients, p -> compare(explainer, p), outcomes::add);
    }

    long right = outcomes.stream().filter(o -> o.regretOfDecision <= 1e-3).count();
    double worst = outcomes.stream().mapToDouble(Outcome::worstCurveError).max().orElseThrow();
    double decision =
        outcomes.stream().mapToInt(Outcome::decisionGradients).average().orElseThrow();
    double accuracy =
        outcomes.stream().mapToInt(Outcome::accuracyGradients).average().orElseThrow();
    double reduction = outcomes.stream().mapToDouble(Outcome::l21Reduction).average().orElseThrow();
    System.out.printf(
        "shared-node search, %d demo patients: right choice %d, worst relative l21 error %.1e,"
            + " gradients: decision stop %.1f, accuracy stop %.1f (exact search %d);"
            + " mean l21 reduction %.1f%%%n",
        PATIENTS, right, worst, decision, accuracy, 11 * 50, 100 * reduction);
    assertThat(right).isGreaterThanOrEqualTo(99);
    assertThat(worst).isLessThanOrEqualTo(2e-3);
    assertThat(decision).isLessThan(accuracy).isLessThan(60);
  }

  private static Outcome compare(Explainer explainer, Trajectory patient) {
    double[] thetas = ThetaCandidates.auto().values();
    return explainer.withPath(
        patient,
        open -> {
          PathGradient path = open.gradient();
          AttributionNorms objective = open.norms();
          ThetaCurve quick = new ThetaCurve(path, objective, 50);
          Candidate decided = smallest(quick.search(thetas, false, 1e-3));
          ThetaCurve thorough = new ThetaCurve(path, objective, 50);
          List<Candidate> curve = thorough.search(thetas, true, 1e-3);

          double error = 0;
          double best = Double.POSITIVE_INFINITY;
          double atDecided = Double.NaN;
          double atOne = Double.NaN;
          for (Candidate estimate : curve) {
            double theta = estimate.theta();
            double[] g = path.integrate(Quadrature.RIGHT.rule(50, theta));
            Candidate exact = objective.exact(theta, g);
            error = Math.max(error, Math.abs(exact.l21() - estimate.l21()) / exact.l21());
            best = Math.min(best, exact.objective());
            atDecided = theta == decided.theta() ? exact.objective() : atDecided;
            atOne = theta == 1 ? exact.objective() : atOne;
          }
          return new Outcome(
              atDecided / best - 1, error, quick.size(), thorough.size(), 1 - best / atOne);
        });
  }

  private static Candidate smallest(List<Candidate> curve) {
    return curve.stream().min(Comparator.comparingDouble(Candidate::objective)).orElseThrow();
  }
}
