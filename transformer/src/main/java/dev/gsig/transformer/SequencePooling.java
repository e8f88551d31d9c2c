package dev.gsig.transformer;

import dev.gsig.autodiff.Activate;
import dev.gsig.autodiff.Linear;
import dev.gsig.autodiff.MeanRows;
import dev.gsig.autodiff.SelectRows;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.LinearWeights;
import dev.gsig.transformer.config.ModelConfig;

/** The encoder's output {@code [B, L, d]} to one vector an item, {@code [1, B, pooled]}. */
final class SequencePooling {
  private final ModelConfig config;
  private final LinearWeights pooler;
  private final BidirectionalGru gru;

  SequencePooling(ModelConfig config, Weights weights, Backend backend) {
    this.config = config;
    pooler = config.pooler() ? weights.linear(backend, "pooler.dense") : null;
    gru = config.gru() == null ? null : new BidirectionalGru(config.gru(), weights, backend);
  }

  Variable apply(Tape tape, Variable x, int[] lengths) {
    return switch (config.pooling()) {
      case CLS -> firstRow(tape, x);
      case MEAN -> tape.apply(new MeanRows(lengths), x);
      case BIGRU -> gru.apply(tape, x, lengths);
    };
  }

  private Variable firstRow(Tape tape, Variable x) {
    Variable row = tape.apply(new SelectRows(new int[x.shape().batch()]), x);
    return pooler == null
        ? row
        : tape.apply(new Activate(Activation.TANH), tape.apply(new Linear(pooler), row));
  }
}
