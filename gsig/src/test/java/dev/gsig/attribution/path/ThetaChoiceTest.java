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
 * The theta that GS-IG chooses by default, on shared gradients, against the exact search's: every
 * patient of the demo, and 200 models that chance chooses with a ReLU, on which a spline converges
 * slowly. A choice is right if it is the same theta, or one whose objective, as the full sum has
 * it, is within 0.1% of the smallest. Model S of the benchmarks is tried beside them.
 */
@Tag("slow")
class ThetaChoiceTest {
  private static final Path DEMO = Path.of("../demo");
  private static final ExplainOptions FROM_PAD =
      ExplainOptions.DEFAULT.toBuilder()
          .baselines(SequenceBaselines.PAD, TabularBaselines.ZERO)
          .build();

  @TempDir Path temp;

  /** How one patient's choice went; regret is what its objective is above the smallest one. */
  private record Outcome(boolean same, double regret, int gradients, boolean limit) {
    boolean right() {
      return same || regret <= Candidate.ACCURACY;
    }
  }

  private static Outcome choose(PatientPath open) {
    CountedPath counted = new CountedPath(open.gradient());
    PathResult shared =
        new ThetaSelection(counted, open.norms().along(counted), PathOptions.DEFAULT).select();
    double best = Double.POSITIVE_INFINITY;
    double theta = Double.NaN;
    double atChosen = Double.NaN;
    for (Candidate c : exactCurve(open)) {
      if (c.objective() < best * (1 - Candidate.MARGIN)) {
        best = c.objective();
        theta = c.theta();
      }
      atChosen = c.theta() == shared.chosen().theta() ? c.objective() : atChosen;
    }
    boolean same = shared.chosen().theta() == theta;
    double regret = same ? 0 : atChosen / best - 1;
    return new Outcome(same, regret, counted.gradients, shared.nodeLimitReached());
  }

  /** theta = 1 first, which the others have to beat. */
  private static List<Candidate> exactCurve(PatientPath open) {
    PathOptions d = PathOptions.DEFAULT;
    PathOptions exact =
        new PathOptions(
            d.steps(),
            d.quadrature(),
            d.tolerance(),
            d.theta(),
            ThetaCandidates.Search.EXACT,
            1,
            0,
            null);
    return new ThetaSelection(open.gradient(), open.norms(), exact).select().candidates();
  }

  private static void requireRight(String what, List<Outcome> outcomes) {
    long right = outcomes.stream().filter(Outcome::right).count();
    System.out.printf(
        "choice of theta, %s: %d patients, the same %d, right %d, worst objective %.2e above the"
            + " smallest, gradients %.1f (exact search %d), at the limit of nodes %d%n",
        what,
        outcomes.size(),
        outcomes.stream().filter(Outcome::same).count(),
        right,
        outcomes.stream().mapToDouble(Outcome::regret).max().orElseThrow(),
        outcomes.stream().mapToInt(Outcome::gradients).average().orElseThrow(),
        ThetaCandidates.auto().values().length * PathOptions.DEFAULT.steps(),
        outcomes.stream().filter(Outcome::limit).count());
    assertThat(right).as(what).isGreaterThanOrEqualTo((99L * outcomes.size() + 99) / 100);
  }

  @Test
  void onTheDemo() {
    List<Outcome> outcomes = new ArrayList<>();
    try (Model model = Model.load(DEMO.resolve("model"))) {
      Baseline baseline = Baseline.load(DEMO.resolve("model").resolve(Baseline.FILE_NAME));
      Explainer explainer = Explainer.of(model, baseline, ExplainOptions.DEFAULT);
      for (Trajectory patient : CohortReader.readAll(DEMO.resolve("test.jsonl"))) {
        outcomes.add(explainer.withPath(patient, ThetaChoiceTest::choose));
      }
    }
    assertThat(outcomes).hasSize(200);
    requireRight("demo", outcomes);
  }

  @Test
  void onModelsWithAReLU() {
    List<Outcome> outcomes = new ArrayList<>();
    for (int seed = 0; seed < 200; seed++) {
      RandomModel random = new RandomModel(5000 + seed).relu();
      try (Model model = Model.load(random.write(temp.resolve("model" + seed)))) {
        Explainer explainer = Explainer.of(model, null, FROM_PAD);
        outcomes.add(explainer.withPath(random.patient(), ThetaChoiceTest::choose));
      }
    }
    requireRight("ReLU", outcomes);
  }
}
