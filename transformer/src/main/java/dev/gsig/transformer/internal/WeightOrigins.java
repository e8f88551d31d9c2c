package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Weight;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Which named tensors the weights of a model are made of: new values find the way to them, and
 * their gradients the way back.
 */
public final class WeightOrigins {
  /**
   * Named tensors one behind the other, times a factor.
   *
   * @param sizes how many values of each
   */
  record Values(List<String> names, List<Integer> sizes, double factor) {
    int size() {
      return sizes.stream().mapToInt(Integer::intValue).sum();
    }

    double[] read(Function<String, double[]> tensors) {
      double[] all = tensors.apply(names.get(0));
      for (String name : names.subList(1, names.size())) {
        double[] next = tensors.apply(name);
        int length = all.length;
        all = Arrays.copyOf(all, length + next.length);
        System.arraycopy(next, 0, all, length, next.length);
      }
      return times(factor, all);
    }
  }

  private static double[] times(double factor, double[] values) {
    if (factor != 1) {
      Arrays.setAll(values, i -> factor * values[i]);
    }
    return values;
  }

  /** Writes values where a model holds them. */
  @FunctionalInterface
  private interface Update {
    void write(Backend backend, Function<String, double[]> tensors);
  }

  private record Origin(Weight weight, Values values) {}

  private final List<Origin> origins = new ArrayList<>();
  private final List<Update> updates = new ArrayList<>();

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

  private static double[] read(Values values, Function<String, double[]> tensors) {
    return values == null ? null : values.read(tensors);
  }

  /**
   * Notes what a linear layer is made of.
   *
   * @param bias null for none
   */
  void add(LinearWeights w, Values weight, Values bias) {
    origins.add(new Origin(Weight.matrix(w), weight));
    if (bias != null) {
      origins.add(new Origin(Weight.bias(w), bias));
    }
    updates.add((backend, tensors) -> backend.update(w, weight.read(tensors), read(bias, tensors)));
  }

  /**
   * Notes what a norm is made of.
   *
   * @param beta null for none
   */
  void add(NormWeights w, Values gamma, Values beta) {
    origins.add(new Origin(Weight.gamma(w), gamma));
    if (beta != null) {
      origins.add(new Origin(Weight.beta(w), beta));
    }
    updates.add((backend, tensors) -> backend.update(w, gamma.read(tensors), read(beta, tensors)));
  }

  void add(Tensor table, Values values) {
    origins.add(new Origin(Weight.table(table), values));
    updates.add((backend, tensors) -> backend.write(table, values.read(tensors)));
  }

  /** The names of all tensors that the weights are made of. */
  public List<String> names() {
    return origins.stream().flatMap(o -> o.values.names.stream()).distinct().toList();
  }

  /**
   * Writes other values into the model, as if it were loaded anew. Nothing may compute with it
   * meanwhile.
   *
   * @param backend that loaded the model
   * @param tensors a copy of a tensor's values by its name in {@link WeightLayout}, row-major
   */
  public void update(Backend backend, Function<String, double[]> tensors) {
    updates.forEach(u -> u.write(backend, tensors));
  }

  /**
   * Hands over all gradients that arrived, always in the same order. A tensor that several weights
   * were made of comes several times: its gradient is the sum.
   *
   * @param tape that trains, after its backward sweep
   */
  public void gradients(Tape tape, Sink sink) {
    for (Origin o : origins) {
      Tensor gradient = tape.gradient(o.weight);
      if (gradient == null) {
        continue;
      }
      double[] values = times(o.values.factor, tape.backend().download(gradient));
      int offset = 0;
      for (int i = 0; i < o.values.names.size(); i++) {
        sink.accept(o.values.names.get(i), values, offset, o.values.sizes.get(i));
        offset += o.values.sizes.get(i);
      }
    }
  }
}
