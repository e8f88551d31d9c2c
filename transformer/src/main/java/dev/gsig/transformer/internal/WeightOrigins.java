package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Training;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which named tensors the weights of a model were made of, so that their gradients find the way
 * back. Immutable once the model is loaded.
 */
public final class WeightOrigins {
  /**
   * A part of some weights.
   *
   * @param weights what operations compute with
   * @param part as {@link Training#gradient} counts
   * @param names the tensors whose values it holds, one behind the other
   * @param sizes how many values of each
   * @param factor what the tensors' values were multiplied by
   */
  private record Origin(
      Object weights, int part, List<String> names, List<Integer> sizes, double factor) {}

  private final List<Origin> origins = new ArrayList<>();

  /** Takes gradients by name. */
  @FunctionalInterface
  public interface Sink {
    /**
     * The gradient with respect to a named tensor, or a contribution to it.
     *
     * @param name as in {@link WeightLayout}
     * @param values row-major, from {@code offset} on
     * @param count how many
     */
    void accept(String name, double[] values, int offset, int count);
  }

  WeightOrigins() {}

  void add(Object weights, int part, List<String> names, List<Integer> sizes, double factor) {
    origins.add(new Origin(weights, part, names, sizes, factor));
  }

  /**
   * Hands over all gradients that arrived, always in the same order. A tensor that several weights
   * were made of comes several times: its gradient is the sum.
   */
  public void gradients(Backend backend, Training training, Sink sink) {
    for (Origin o : origins) {
      Tensor gradient = training.gradient(o.weights, o.part);
      if (gradient == null) {
        continue;
      }
      double[] values = backend.download(gradient);
      if (o.factor != 1) {
        Arrays.setAll(values, i -> o.factor * values[i]);
      }
      int offset = 0;
      for (int i = 0; i < o.names.size(); i++) {
        sink.accept(o.names.get(i), values, offset, o.sizes.get(i));
        offset += o.sizes.get(i);
      }
    }
  }
}
