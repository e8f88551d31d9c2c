package dev.gsig.train;

import dev.gsig.autodiff.Training;
import dev.gsig.tensor.Backend;
import dev.gsig.transformer.internal.WeightOrigins;
import java.util.List;

/** Brings gradients from the weights that a backend computes with to the parameter vector. */
final class Gradients {
  private Gradients() {}

  static void addTo(
      double[] gradient,
      Parameters parameters,
      List<WeightOrigins> origins,
      Backend backend,
      Training training) {
    for (WeightOrigins o : origins) {
      o.gradients(
          backend,
          training,
          (name, values, offset, count) -> {
            int to = parameters.entry(name).offset();
            for (int i = 0; i < count; i++) {
              gradient[to + i] += values[offset + i];
            }
          });
    }
  }
}
