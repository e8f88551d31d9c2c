package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Activate;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.transformer.config.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear layers, an activation after each of the first {@code activated}, and before it a norm
 * where there is one. Shared by threads.
 */
final class DenseLayers {
  private final List<LinearWeights> layers = new ArrayList<>();
  private final List<NormWeights> norms = new ArrayList<>();
  private final Activation activation;
  private final int activated;

  DenseLayers(
      ModelConfig config,
      Weights weights,
      Backend backend,
      String prefix,
      int count,
      Activation activation,
      int activated) {
    for (int n = 0; n < count; n++) {
      layers.add(weights.linear(backend, prefix + n));
      norms.add(
          n < activated ? weights.optionalNorm(backend, config, prefix + n + ".LayerNorm") : null);
    }
    this.activation = activation;
    this.activated = activated;
  }

  /** One linear layer. */
  DenseLayers(LinearWeights layer) {
    layers.add(layer);
    norms.add(null);
    activation = null;
    activated = 0;
  }

  Variable apply(Tape tape, Variable x) {
    return apply(tape, x, null, 0);
  }

  /** Applies all layers, {@code joining} concatenated behind the input of layer {@code at}. */
  Variable apply(Tape tape, Variable x, Variable joining, int at) {
    Variable y = x;
    for (int n = 0; n < layers.size(); n++) {
      if (n == at && joining != null) {
        y = tape.apply(new Concatenate(), y, joining);
      }
      LinearWeights layer = layers.get(n);
      if (norms.get(n) == null) {
        y = tape.apply(n < activated ? new Dense(layer, activation) : new Linear(layer), y);
      } else {
        y = y.then(new Linear(layer)).then(new Norm(norms.get(n))).then(new Activate(activation));
      }
    }
    return y;
  }
}
