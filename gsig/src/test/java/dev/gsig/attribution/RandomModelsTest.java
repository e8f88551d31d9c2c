package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models with random configurations and weights: {@code simd} in float32 agrees with {@code ejml}
 * in float64, in logits and in the attribution of every input, on every kind of model there is.
 */
class RandomModelsTest {
  private static final double TOLERANCE = 1e-4;
  private static final ExplainOptions PLAIN = Options.plain(Quadrature.GAUSS_LEGENDRE, 4).build();

  @TempDir Path folder;

  @Test
  void simdAgreesWithFloat64() {
    compare(0, 80);
  }

  @Tag("slow")
  @Test
  void simdAgreesWithFloat64OnThousandsOfModels() {
    compare(80, 5000);
  }

  private void compare(int from, int to) {
    double worst = 0;
    for (int seed = from; seed < to; seed++) {
      RandomModel random = new RandomModel(seed);
      random.write(folder);
      Model simd = Model.load(folder, "simd");
      Model ejml = Model.load(folder, "ejml");
      Trajectory patient = random.patient();
      String what = "model " + seed + ", " + random + ", " + patient;
      double logits = deviation(simd.logits(patient), ejml.logits(patient));
      assertThat(logits)
          .as("logits %s of %s", Arrays.toString(ejml.logits(patient)), what)
          .isLessThan(TOLERANCE);
      double gradients = deviation(attribution(simd, patient), attribution(ejml, patient));
      assertThat(gradients).as("attribution of %s", what).isLessThan(TOLERANCE);
      worst = Math.max(worst, Math.max(logits, gradients));
    }
    System.out.printf(
        "random models: %d, worst deviation of simd from float64 %.1e%n", to - from, worst);
  }

  private static double[] attribution(Model model, Trajectory patient) {
    PathAttribution raw = Explainer.of(model, null, PLAIN).explainRaw(patient);
    return raw.result().chosen().attribution();
  }

  /**
   * Largest deviation, relative to the largest entry; or to a hundredth, because a logit whose
   * terms, of about 1, cancel has the rounding of its terms.
   */
  private static double deviation(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = Math.max(1e-2, Arrays.stream(expected).map(Math::abs).max().orElseThrow());
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double deviation = Math.abs(actual[i] - expected[i]) / largest;
      worst = Math.max(worst, Double.isNaN(deviation) ? Double.POSITIVE_INFINITY : deviation);
    }
    return worst;
  }
}
