package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Attribution.ThetaPoint;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.Trajectory;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The theta that GS-IG chooses by default, on shared gradients, against the exact search's, for the
 * patients of model S; {@code gsig} has the same of other models. It is right if it is the same, or
 * its l21 within 0.1% of the smallest.
 */
@Tag("slow")
class ThetaChoiceTest {
  private static final int STEPS = 50;

  @Test
  void onModelS() {
    System.setProperty(BenchmarkModel.HOME, "..");
    Explainer shared = explainer(ThetaCandidates.Search.SHARED);
    Explainer exact = explainer(ThetaCandidates.Search.EXACT);
    List<Trajectory> patients = BenchmarkModel.S.patients();
    int same = 0;
    double worst = 0;
    int gradients = 0;
    for (Trajectory patient : patients) {
      Attribution found = shared.explain(patient);
      Attribution best = exact.explain(patient);
      gradients += found.notes().gradients();
      same += found.theta() == best.theta() ? 1 : 0;
      double atChosen =
          best.thetaCurve().stream()
              .filter(point -> point.theta() == found.theta())
              .mapToDouble(ThetaPoint::l21)
              .findFirst()
              .orElseThrow();
      worst = Math.max(worst, atChosen / best.l21() - 1);
    }
    System.out.printf(
        "choice of theta, model S: %d patients, the same %d, worst l21 %.2e above the smallest,"
            + " gradients %.1f (exact search %d)%n",
        patients.size(),
        same,
        worst,
        (double) gradients / patients.size(),
        ThetaCandidates.auto().values().length * STEPS);
    assertThat(patients).hasSize(16);
    assertThat(worst).isLessThanOrEqualTo(1e-3);
  }

  private static Explainer explainer(ThetaCandidates.Search search) {
    return BenchmarkModel.S.explainer(Options.gsig(STEPS, ThetaCandidates.auto(), search));
  }
}
