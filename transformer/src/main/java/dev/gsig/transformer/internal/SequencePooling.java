package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.MeanRows;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Pooling;
import dev.gsig.transformer.config.Positions;
import java.util.Arrays;

/** The encoder's output to one vector an item, {@code [1, B, pooled]}. */
final class SequencePooling {
  private final ModelConfig config;
  private final AttentionPooling attention;
  private final LinearWeights pooler;
  private final BidirectionalGru gru;
  private final NormWeights norm;

  SequencePooling(ModelConfig config, Weights weights, Backend backend) {
    this.config = config;
    attention =
        config.pooling() == Pooling.ATTENTION
            ? new AttentionPooling(config, weights, backend)
            : null;
    pooler = config.pooler() == null ? null : weights.linear(backend, "pooler.dense");
    gru = config.gru() == null ? null : new BidirectionalGru(config.gru(), weights, backend);
    norm = weights.optionalNorm(backend, config, "pooled.LayerNorm");
  }

  /**
   * One vector an item, behind a dense layer and a norm where there are such.
   *
   * @param x {@code [B, L, d]}; with a pooling that reads one row those alone, {@code [1, B, d]}
   */
  Variable apply(Tape tape, Variable x, int[] lengths) {
    Variable pooled = pooled(tape, x, lengths);
    if (pooler != null) {
      pooled = tape.apply(new Dense(pooler, config.pooler()), pooled);
    }
    return norm == null ? pooled : tape.apply(new Norm(norm), pooled);
  }

  private Variable pooled(Tape tape, Variable x, int[] lengths) {
    return switch (config.pooling()) {
      case CLS, LAST -> x;
      case MEAN -> tape.apply(new MeanRows(averaged(lengths, x.shape().rows())), x);
      case MAX -> tape.apply(new MaxRows(lengths), x);
      case ATTENTION -> attention.apply(tape, x, lengths);
      case BIGRU -> gru.apply(tape, x, lengths);
    };
  }

  private int[] averaged(int[] lengths, int rows) {
    int[] all = lengths.clone();
    if (config.meanOver() == Positions.ALL) {
      Arrays.fill(all, rows);
    }
    return all;
  }
}
