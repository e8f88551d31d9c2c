package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A loss that is no number ends training in one line that names the tensor. */
class DivergenceTest {
  @ParameterizedTest
  @CsvSource({
    "simd, classifier.layers.1.weight, 1e39, the gradient of 'embeddings.word_embeddings",
    "simd, embeddings.word_embeddings.weight, 1e30, the gradient of 'embeddings.word_embeddings",
    "ejml, encoder.layer.0.output.dense.weight, 1e200, the gradient of 'embeddings.word"
  })
  void nonFiniteGradientsAreNamed(String backend, String name, double value, String message) {
    try (Backend base = Backends.open(backend);
        Trainer trainer =
            new Trainer(
                Fixtures.config("binary-adamw"),
                Fixtures.trainingCohort("binary-adamw"),
                Fixtures.options(0, 1, 0, 1),
                null,
                Map.of(),
                base,
                TrainListener.NONE)) {
      double[] values = trainer.parameters().get(name);
      for (int i = 0; i < values.length; i++) {
        values[i] *= value;
      }
      trainer.parameters().set(name, values);
      assertThatThrownBy(trainer::run)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("training diverged in epoch 1, step 1")
          .hasMessageContaining(message)
          .hasMessageContaining("lower --learning-rate");
    }
  }
}
