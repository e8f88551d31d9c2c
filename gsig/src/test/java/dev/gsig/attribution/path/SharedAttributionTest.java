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
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * GS-IG's attribution read off shared nodes to 1% against the full sum at the same theta: the error
 * that it states is a bound of the true one, l21 of the difference, relative.
 */
@Tag("cohort")
class SharedAttributionTest {
  private static final Path DEMO = Path.of("../demo");

  /** Differences of float32 between a sum and its spline. */
  private static final double ROUNDING = 1e-5;

  @TempDir Path temp;

  /** How one went; regret is what the objective is above the smallest of the exact search. */
  private record Outcome(
      boolean reached, double stated, double error, double regret, int gradients) {
    boolean isBounded() {
      return error <= stated + ROUNDING;
    }
  }

  private static PathOptions options(ThetaCandidates.Search search, boolean shared) {
    PathOptions d = PathOptions.DEFAULT;
    return new PathOptions(
        d.steps(),
        d.quadrature(),
        d.tolerance(),
        d.theta(),
        search,
        1,
        0,
        null,
        d.sampling(),
        shared);
  }

  private static Outcome read(PatientPath open) {
    PathGradient path = open.gradient();
    AttributionNorms norms = open.norms();
    CountedPath counted = new CountedPath(path);
    PathResult shared =
        PathMethods.GSIG.attribute(
            counted, norms.along(counted), options(ThetaCandidates.Search.SHARED, true));
    PathResult exact =
        PathMethods.GSIG.attribute(path, norms, options(ThetaCandidates.Search.EXACT, false));
    double theta = shared.chosen().theta();
    Candidate full =
        exact.candidates().stream().filter(c -> c.theta() == theta).findFirst().orElseThrow();
    double[] whole = path.attribution(path.integrate(Quadrature.RIGHT.rule(50, theta)));
    double[] difference = shared.attribution().clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= whole[i];
    }
    double l21 = norms.l21(whole);
    return new Outcome(
        shared.convergence().reached(),
        shared.convergence().error(),
        l21 == 0 ? 0 : norms.l21(difference) / l21,
        l21 == 0 ? 0 : full.objective() / exact.chosen().objective() - 1,
        counted.gradients);
  }

  private static List<Outcome> demo(int patients) {
    List<Outcome> outcomes = new ArrayList<>();
    try (Model model = Model.load(DEMO.resolve("model"))) {
      Baseline baseline = Baseline.load(DEMO.resolve("model").resolve(Baseline.FILE_NAME));
      Explainer explainer = Explainer.of(model, baseline, ExplainOptions.DEFAULT);
      for (Trajectory t : CohortReader.readAll(DEMO.resolve("test.jsonl")).subList(0, patients)) {
        outcomes.add(explainer.withPath(t, SharedAttributionTest::read));
      }
    }
    return print("demo", outcomes);
  }

  private List<Outcome> random(int models, boolean relu) {
    List<Outcome> outcomes = new ArrayList<>();
    ExplainOptions fromPad =
        ExplainOptions.DEFAULT.toBuilder()
            .baselines(SequenceBaselines.PAD, TabularBaselines.ZERO)
            .build();
    for (int seed = 0; seed < models; seed++) {
      RandomModel random = new RandomModel(5000 + seed);
      Path folder = (relu ? random.relu() : random).write(temp.resolve(relu + "-" + seed));
      try (Model model = Model.load(folder)) {
        Explainer explainer = Explainer.of(model, null, fromPad);
        outcomes.add(explainer.withPath(random.patient(), SharedAttributionTest::read));
      }
    }
    return print(relu ? "ReLU" : "smooth", outcomes);
  }

  private static List<Outcome> print(String what, List<Outcome> outcomes) {
    System.out.printf(
        "GS-IG off shared nodes to 1%%, %s: %d patients, gradients %.2f, reached %d, true error at"
            + " worst %.1e, of the stated one %.2f, beyond it %d, theta's objective at worst %.1e"
            + " above the smallest%n",
        what,
        outcomes.size(),
        outcomes.stream().mapToInt(Outcome::gradients).average().orElseThrow(),
        outcomes.stream().filter(Outcome::reached).count(),
        outcomes.stream().mapToDouble(Outcome::error).max().orElseThrow(),
        outcomes.stream().mapToDouble(o -> o.error / (o.stated + ROUNDING)).max().orElseThrow(),
        outcomes.stream().filter(o -> !o.isBounded()).count(),
        outcomes.stream().mapToDouble(Outcome::regret).max().orElseThrow());
    return outcomes;
  }

  @Test
  void theErrorThatIsStatedIsABound() {
    assertThat(demo(12)).allMatch(Outcome::isBounded).allMatch(Outcome::reached);
    assertThat(random(20, false)).allMatch(Outcome::isBounded);
    assertThat(random(8, true)).allMatch(Outcome::isBounded);
  }

  @Test
  @Tag("slow")
  void ofTwoHundredEach() {
    for (List<Outcome> outcomes : List.of(demo(200), random(200, false), random(200, true))) {
      assertThat(outcomes).filteredOn(o -> !o.isBounded()).isEmpty();
      assertThat(outcomes)
          .filteredOn(o -> o.reached && o.regret > 2 * Candidate.ACCURACY)
          .hasSizeLessThan(3);
    }
  }
}
