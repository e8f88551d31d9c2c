package dev.gsig.attribution;

import dev.gsig.autodiff.Tape;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.internal.TokenBatch;
import java.util.List;
import java.util.function.Consumer;

/** What tests in other packages compute with the Transformer alone. */
public final class ModelInternals {
  private ModelInternals() {}

  /**
   * The logits of one sequence at full length.
   *
   * @param change modifies the tensor at the attribution point, row-major
   */
  public static double[] logits(
      Model model, Trajectory patient, TokenSequence sequence, Consumer<double[]> change) {
    TokenBatch batch = new TokenBatch(List.of(sequence), sequence.maxLength());
    return model.withBackend(
        backend -> {
          var transformer = model.transformer();
          Tensor point = transformer.attributionPoint(backend, batch);
          double[] values = backend.download(point);
          change.accept(values);
          double[] tabular = model.tabular(patient);
          try (Tape tape = new Tape(backend)) {
            return transformer
                .logits(
                    tape,
                    tape.constant(point.shape(), values),
                    transformer.addend(backend, batch),
                    null,
                    batch,
                    tabular.length == 0
                        ? null
                        : tape.constant(Shape.matrix(1, tabular.length), tabular))
                .values();
          }
        });
  }
}
