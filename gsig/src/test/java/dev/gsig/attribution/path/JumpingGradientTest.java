package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Attribution.ThetaPoint;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.Options;
import dev.gsig.attribution.RandomModel;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random models, with a ReLU in the place of every activation and without: the gradient along a
 * path jumps, or does not, and a spline may believe what it likes. What is reported is held against
 * the exact search.
 */
class JumpingGradientTest {
  private static final int MODELS = 12;
  private static final int PATIENTS = 2;

  @TempDir Path temp;

  /** Explains patients of random models, on shared nodes and exactly. */
  private void forEach(boolean relu, Options options, BiConsumer<Attribution, Attribution> each) {
    for (int seed = 0; seed < MODELS; seed++) {
      RandomModel random = new RandomModel(seed);
      Path folder = (relu ? random.relu() : random).write(temp.resolve("m" + seed));
      try (Model model = Model.load(folder, "simd")) {
        for (int i = 0; i < PATIENTS; i++) {
          Trajectory patient = random.patient();
          options.search(ThetaCandidates.Search.SHARED);
          Attribution shared = Explainer.of(model, null, options.build()).explain(patient);
          options.search(ThetaCandidates.Search.EXACT);
          Attribution exact = Explainer.of(model, null, options.build()).explain(patient);
          if (exact.l21() > 1e-6) {
            each.accept(shared, exact);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBoundOnTheGapGivesWhatTheExactSearchGives(boolean relu) {
    for (double bound : new double[] {0.01, 0.05, 0.3}) {
      int[] missed = new int[1];
      forEach(
          relu,
          Options.zero().maxGap(bound),
          (shared, exact) -> {
            assertThat(shared.theta()).isEqualTo(exact.theta());
            assertThat(shared.l21()).isEqualTo(exact.l21());
            assertThat(shared.notes().noThetaWithinGap())
                .isEqualTo(exact.notes().noThetaWithinGap());
            missed[0] += exact.notes().noThetaWithinGap() ? 1 : 0;
          });
      assertThat(missed[0]).as("patients that miss %s", bound).isLessThan(MODELS * PATIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theChoiceIsThatOfTheExactSearchWithinATenthOfAPercent(boolean relu) {
    Set<Candidate.Kind> seen = EnumSet.noneOf(Candidate.Kind.class);
    forEach(
        relu,
        Options.zero(),
        (shared, exact) -> {
          assertThat(shared.l21()).isLessThanOrEqualTo(1.001 * exact.l21());
          assertThat(shared.l21AtThetaOne())
              .isCloseTo(exact.l21AtThetaOne(), within(2e-3 * exact.l21AtThetaOne()));
          for (int i = 0; i < shared.thetaCurve().size(); i++) {
            ThetaPoint point = shared.thetaCurve().get(i);
            double truth = exact.thetaCurve().get(i).l21();
            seen.add(point.kind());
            if (point.kind() != Candidate.Kind.ROUGH) {
              assertThat(point.l21()).isCloseTo(truth, within(3e-3 * truth));
            }
          }
        });
    assertThat(seen).containsExactlyInAnyOrder(Candidate.Kind.values());
  }

  /** A whole curve is good to 0.1%, whatever that costs. */
  @Test
  void aWholeCurveHasNoRoughEntry() {
    ClosedFormPath jump = Integrands.noise();
    Options options = Options.zero().search(ThetaCandidates.Search.SHARED_FULL_CURVE);
    PathResult result =
        new ThetaSelection(jump, Integrands.objective(jump), options.build().path()).select();
    assertThat(result.nodeLimitReached()).isTrue();
    assertThat(result.candidates()).allMatch(Candidate::isAccurate).anyMatch(Candidate::isExact);
  }

  /** Noise never converges: what is reported is exact all the same. */
  @Test
  void whatHasNotConvergedIsMarkedAndSaid() {
    ClosedFormPath noise = Integrands.noise();
    PathResult result =
        new ThetaSelection(noise, Integrands.objective(noise), Options.zero().build().path())
            .select();
    assertThat(result.nodeLimitReached()).isTrue();
    assertThat(result.chosen().isExact()).isTrue();
    assertThat(result.candidates().get(0).isAccurate()).isTrue();
    for (Candidate c : result.candidates()) {
      assertThat(c.kind())
          .isEqualTo(
              c.attribution() != null
                  ? Candidate.Kind.EXACT
                  : c.objectiveError() <= 1e-3 * c.objective()
                      ? Candidate.Kind.ESTIMATED
                      : Candidate.Kind.ROUGH);
    }
  }
}
