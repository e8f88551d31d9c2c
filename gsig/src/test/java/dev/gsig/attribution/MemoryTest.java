package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.internal.Backend;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend's arena holds depends on the patient, not on the number of steps or patients. */
class MemoryTest {
  /** Bytes of the one backend that a single thread uses. */
  private static long arena(Model model) {
    return model.withBackend(Backend::arenaBytes);
  }

  private static long afterSteps(Fixture fixture, String backend, int batch, int steps) {
    Model model = fixture.model(backend);
    Options plain = Options.plain(Quadrature.MIDPOINT, steps);
    Explainer.of(model, null, plain.build(), new Explainer.Layout(batch, true))
        .explainRaw(fixture.cohort().get(0));
    return arena(model);
  }

  /** A last batch that is smaller may need blocks of its own, so the batches are all full. */
  @ParameterizedTest
  @CsvSource({"simd,bert-pooler", "simd,bigru-final-real", "ejml,pre-norm-no-residual"})
  void doesNotGrowWithTheNumberOfSteps(String backend, String name) {
    Fixture fixture = Fixture.named(name);
    for (int batch : new int[] {1, 10}) {
      long fifty = afterSteps(fixture, backend, batch, 50);
      assertThat(fifty).isPositive();
      assertThat(afterSteps(fixture, backend, batch, 1000)).isEqualTo(fifty);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"visit-age-type", "bigru-final-real", "pre-norm-no-residual"})
  void isSteadyOverRepeatedPatients(String name) {
    Fixture fixture = Fixture.named(name);
    Model model = fixture.model("simd");
    List<Options> kinds =
        List.of(
            Options.zero(),
            Options.zero().search(ThetaSearch.EXACT).steps(10),
            Options.plain(Quadrature.GAUSS_LEGENDRE, 16));
    long steady = 0;
    for (int round = 0; round < 4; round++) {
      for (Options options : kinds) {
        for (Trajectory patient : fixture.cohort()) {
          Explainer.of(model, null, options.build()).explainRaw(patient);
          model.predict(patient);
        }
      }
      steady = round == 0 ? arena(model) : steady;
      assertThat(arena(model)).as("round %d", round).isEqualTo(steady);
    }
  }
}
