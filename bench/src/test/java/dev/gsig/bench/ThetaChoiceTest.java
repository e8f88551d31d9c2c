package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Attribution.ThetaPoint;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.PatientPath;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.attribution.path.Quadrature;
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

  /** Differences of float32 between a sum and its spline. */
  private static final double ROUNDING = 1e-5;

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

  /** What is read off shared nodes is within the error that it states of the full sum. */
  @Test
  void readOffSharedNodesOnModelS() {
    System.setProperty(BenchmarkModel.HOME, "..");
    ExplainOptions options =
        Options.gsig(STEPS, ThetaCandidates.auto(), ThetaCandidates.Search.SHARED).toBuilder()
            .sharedAttribution(true)
            .build();
    Explainer explainer = BenchmarkModel.S.explainer(options);
    double worst = 0;
    int gradients = 0;
    for (Trajectory patient : BenchmarkModel.S.patients()) {
      PathResult read =
          explainer.withPath(
              patient,
              open -> options.method().attribute(open.gradient(), open.norms(), options.path()));
      worst = Math.max(worst, explainer.withPath(patient, open -> error(open, read)));
      gradients += explainer.explain(patient).notes().gradients();
      assertThat(read.convergence().reached()).isTrue();
    }
    System.out.printf(
        "GS-IG off shared nodes to 1%%, model S: gradients %.1f, true error of the stated one at"
            + " worst %.2f%n",
        (double) gradients / BenchmarkModel.S.patients().size(), worst);
    assertThat(worst).isLessThanOrEqualTo(1);
  }

  /** l21 of the difference to the full sum, relative, of the error that is stated. */
  private static double error(PatientPath open, PathResult read) {
    Quadrature.Rule rule = Quadrature.RIGHT.rule(STEPS, read.chosen().theta());
    double[] whole = open.gradient().attribution(open.gradient().integrate(rule));
    double[] difference = read.attribution().clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= whole[i];
    }
    double relative = open.norms().l21(difference) / open.norms().l21(whole);
    return relative / (read.convergence().error() + ROUNDING);
  }

  private static Explainer explainer(ThetaCandidates.Search search) {
    return BenchmarkModel.S.explainer(Options.gsig(STEPS, ThetaCandidates.auto(), search));
  }
}
