package dev.gsig.train;

import dev.gsig.autodiff.Tape;
import dev.gsig.tensor.Backend;
import dev.gsig.transformer.internal.WeightOrigins;
import java.util.List;

/**
 * A model in training; its passes may be shared by threads.
 *
 * @param <T> one item that it learns from
 */
final class TrainedModel<T> {
  /** One forward and backward pass. */
  @FunctionalInterface
  interface Sweep<T> {
    /**
     * Computes the loss and sweeps back from it.
     *
     * @param total the weight of the whole batch
     * @return the items' share of the batch's loss
     */
    double run(Tape tape, List<T> items, double total);
  }

  private final Parameters parameters;
  private final Backend loader;
  private final List<WeightOrigins> origins;
  private final Sweep<T> sweep;

  /**
   * A model with the values that it was loaded with.
   *
   * @param loader that loaded it
   * @param origins of all its weights
   */
  TrainedModel(Parameters parameters, Backend loader, List<WeightOrigins> origins, Sweep<T> sweep) {
    this.parameters = parameters;
    this.loader = loader;
    this.origins = origins;
    this.sweep = sweep;
  }

  /** Takes other values of the parameters; no pass may be under way. */
  void update(double[] vector) {
    origins.forEach(o -> o.update(loader, name -> parameters.read(name, vector)));
  }

  /**
   * One forward and backward pass.
   *
   * @param total the weight of the whole batch
   * @param gradient takes the gradient, added
   * @return the items' share of the batch's loss
   */
  double backward(
      Backend backend, Tape.Training training, List<T> items, double total, double[] gradient) {
    try (Tape tape = new Tape(backend, training)) {
      double loss = sweep.run(tape, items, total);
      for (WeightOrigins o : origins) {
        o.gradients(
            tape,
            (name, values, offset, count) -> {
              int to = parameters.entry(name).offset();
              for (int i = 0; i < count; i++) {
                gradient[to + i] += values[offset + i];
              }
            });
      }
      return loss;
    }
  }
}
