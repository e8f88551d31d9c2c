package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.autodiff.GradientChecker;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.internal.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient of whole models, of every parity fixture, against central differences in float64:
 * all its patients in one batch, with respect to the attribution-point tensor and the tabular
 * values.
 */
class ModelGradientTest {
  private static double worst;

  @AfterAll
  static void report() {
    System.out.printf("whole-model gradient against central differences %.1e%n", worst);
  }

  @ParameterizedTest
  @MethodSource("dev.gsig.attribution.Fixture#all")
  void agreesWithCentralDifferences(Fixture fixture) {
    Model model = fixture.model("ejml");
    double deviation = model.withBackend(backend -> deviation(model, fixture.cohort(), backend));
    worst = Math.max(worst, deviation);
    assertThat(deviation).isLessThan(1e-6);
  }

  private static double deviation(Model model, List<Trajectory> cohort, Backend backend) {
    List<TokenSequence> sequences = cohort.stream().map(model::tokenize).toList();
    TokenBatch batch = new TokenBatch(sequences, model.config().maxPositionEmbeddings());
    Tensor point = model.transformer().attributionPoint(backend, batch);
    Tensor addend = model.transformer().addend(backend, batch);
    List<Shape> shapes = new ArrayList<>(List.of(point.shape()));
    List<double[]> values = new ArrayList<>(List.of(backend.download(point)));
    if (model.config().tabular() != null) {
      int features = model.config().tabular().features().size();
      shapes.add(Shape.matrix(cohort.size(), features));
      values.add(
          HandMadeModel.concatenate(cohort.stream().map(model::tabular).toArray(double[][]::new)));
    }
    return new GradientChecker(backend, 5)
        .worstDeviation(
            (tape, inputs) ->
                model
                    .transformer()
                    .logits(
                        tape,
                        inputs.get(0),
                        addend,
                        null,
                        batch,
                        inputs.size() == 1 ? null : inputs.get(1)),
            shapes,
            values);
  }
}
