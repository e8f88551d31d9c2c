package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.PatientPath;
import dev.gsig.attribution.RandomModel;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.PathResult.Convergence;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Integrals to a tolerance of 1% against fine rules in float64 (128 points of Gauss-Legendre on the
 * demo, 1,500 on models that chance chooses), with the number of gradients they take: on the demo
 * and on models that chance chooses. The error is l21 of the difference, relative.
 */
@Tag("cohort")
class ToleranceTest {
  private static final Path DEMO = Path.of("../demo");
  private static final double TOLERANCE = 0.01;

  @TempDir Path temp;

  /** How one integral went. */
  private record Outcome(String of, boolean reached, boolean steep, double error, int gradients) {}

  private static Outcome integrate(String of, PatientPath open, int points) {
    PathGradient path = open.gradient();
    AttributionNorms norms = open.norms();
    CountedPath counted = new CountedPath(path);
    PathResult result = AdaptiveIntegral.over(counted, norms.along(counted), TOLERANCE);
    Quadrature.Rule fine =
        path.isSmooth()
            ? Quadrature.GAUSS_LEGENDRE.rule(points, 1)
            : Quadrature.MIDPOINT.rule(points, 1);
    double[] exact = path.attribution(path.integrate(fine));
    double[] difference = result.attribution().clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= exact[i];
    }
    double l21 = norms.l21(exact);
    double error = l21 == 0 ? 0 : norms.l21(difference) / l21;
    Convergence c = result.convergence();
    return new Outcome(of, c.reached(), c.steepEnd() != null, error, counted.gradients);
  }

  private static void print(String what, List<Outcome> outcomes) {
    System.out.printf(
        "integral to 1%%, %s: %d paths, gradients %.2f, reached %d (worst error %.1e), beyond the"
            + " tolerance %d, at one end only %d%n",
        what,
        outcomes.size(),
        outcomes.stream().mapToInt(Outcome::gradients).average().orElseThrow(),
        outcomes.stream().filter(Outcome::reached).count(),
        outcomes.stream().filter(Outcome::reached).mapToDouble(Outcome::error).max().orElse(0),
        beyond(outcomes),
        outcomes.stream().filter(Outcome::steep).count());
  }

  private static long beyond(List<Outcome> outcomes) {
    return outcomes.stream().filter(o -> o.reached() && o.error() > TOLERANCE).count();
  }

  private static List<Outcome> demo(int patients) {
    List<Outcome> outcomes = new ArrayList<>();
    try (Model model = Model.load(DEMO.resolve("model"), "ejml")) {
      Baseline baseline = Baseline.load(DEMO.resolve("model").resolve(Baseline.FILE_NAME));
      Explainer explainer = Explainer.of(model, baseline, ExplainOptions.DEFAULT);
      for (Trajectory t : CohortReader.readAll(DEMO.resolve("test.jsonl")).subList(0, patients)) {
        outcomes.add(explainer.withPath(t, open -> integrate(t.subjectId(), open, 128)));
      }
    }
    print("demo", outcomes);
    return outcomes;
  }

  /** From the PAD embedding, or from zeros. */
  private List<Outcome> random(int models, boolean relu, boolean fromZero) {
    List<Outcome> outcomes = new ArrayList<>();
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .baselines(
                fromZero ? SequenceBaselines.ZERO : SequenceBaselines.PAD, TabularBaselines.ZERO)
            .build();
    for (int seed = 0; seed < models; seed++) {
      RandomModel random = new RandomModel(5000 + seed);
      Path folder =
          (relu ? random.relu() : random).write(temp.resolve(relu + "-" + fromZero + seed));
      try (Model model = Model.load(folder, "ejml")) {
        String of = "model " + seed;
        Trajectory patient = random.patient();
        outcomes.add(
            Explainer.of(model, null, options)
                .withPath(patient, open -> integrate(of, open, 1500)));
      }
    }
    print((relu ? "ReLU" : "smooth") + " from " + options.sequenceBaseline().label(), outcomes);
    return outcomes;
  }

  @Test
  void demoPatientsTakeAboutTenGradients() {
    List<Outcome> outcomes = demo(12);
    assertThat(outcomes).allMatch(Outcome::reached).allMatch(o -> o.error() <= TOLERANCE);
    assertThat(outcomes.stream().mapToInt(Outcome::gradients).average().orElseThrow())
        .isLessThan(11);
  }

  @Test
  void randomModelsAreWithinTheTolerance() {
    List<Outcome> smooth = random(40, false, false);
    assertThat(smooth).allMatch(Outcome::reached).allMatch(o -> o.error() <= TOLERANCE);
    List<Outcome> relu = random(15, true, false);
    assertThat(beyond(relu)).isZero();
    assertThat(relu).filteredOn(o -> !o.reached()).hasSizeLessThan(6);
  }

  /** Models whose first norm does not see how long an embedding is. */
  @Test
  void aZeroBaselineInFrontOfANormIsRecognised() {
    List<Outcome> smooth = random(40, false, true);
    assertThat(smooth).filteredOn(Outcome::steep).hasSizeBetween(1, 20);
    assertThat(beyond(smooth)).isLessThanOrEqualTo(1);
  }

  @Test
  @Tag("slow")
  void ofTwoHundredEachNinetyNinePercentAreWithinTheTolerance() {
    for (List<Outcome> outcomes :
        List.of(demo(200), random(200, false, false), random(200, true, false))) {
      assertThat(beyond(outcomes)).isLessThanOrEqualTo(2);
    }
  }
}
