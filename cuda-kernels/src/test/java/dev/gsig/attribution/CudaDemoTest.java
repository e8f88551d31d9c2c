package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.cuda.internal.EmulatedDriver;
import dev.gsig.cuda.internal.ExactCudaProvider;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** GS-IG of a patient of the demo on {@code cuda}, against {@code ejml}. */
@Tag("emulated")
@ExtendWith(EmulatedDriver.class)
class CudaDemoTest {
  private static final Path DEMO = Path.of("..", "demo");

  @Test
  void explainsTheShortestPatientAsTheReferenceDoes() {
    Trajectory patient =
        CohortReader.readAll(DEMO.resolve("test.jsonl")).stream()
            .min(Comparator.comparingInt(CudaDemoTest::codes))
            .orElseThrow();
    PathAttribution expected = explain("ejml", patient);
    PathAttribution found = explain(ExactCudaProvider.NAME, patient);
    assertThat(found.result().chosen().theta()).isEqualTo(expected.result().chosen().theta());
    assertThat(found.score()).isCloseTo(expected.score(), within(1e-4));
    double largest = Arrays.stream(expected.values()).map(Math::abs).max().orElseThrow();
    assertThat(largest).isPositive();
    assertThat(found.values()).hasSameSizeAs(expected.values());
    for (int i = 0; i < expected.values().length; i++) {
      assertThat(found.values()[i])
          .as("attribution %d", i)
          .isCloseTo(expected.values()[i], within(1e-4 * largest));
    }
  }

  private static int codes(Trajectory patient) {
    return patient.visits().stream().mapToInt(v -> v.codes().size() + 1).sum();
  }

  private static PathAttribution explain(String backend, Trajectory patient) {
    try (Model model = Model.load(DEMO.resolve("model"), backend)) {
      Baseline baseline = Baseline.load(DEMO.resolve("model").resolve("baseline.safetensors"));
      ExplainOptions fourSteps = Options.like(ExplainOptions.DEFAULT).steps(4).build();
      return Explainer.of(model, baseline, fourSteps).explainRaw(patient);
    }
  }
}
