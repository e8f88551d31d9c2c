package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Attention;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Slice;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.ModelConfig;

/**
 * {@code sum over rows of p_r x_r} with {@code p = softmax(w . k)} over the real rows, where the
 * keys k are the rows x or {@code tanh(W x + b)} (Bahdanau et al. 2015): attention with the one
 * query w. A bias of the scores would change nothing. Shared by threads.
 */
final class AttentionPooling {
  private final Tensor score;
  private final LinearWeights dense;

  AttentionPooling(ModelConfig config, Weights weights, Backend backend) {
    int hidden = config.scoreHiddenSize();
    dense = hidden == 0 ? null : weights.linear(backend, "pooling.dense");
    int width = hidden == 0 ? config.hiddenSize() : hidden;
    score = weights.table(backend, "pooling.score.weight", width, 1);
  }

  /** {@code [B, L, d]} to {@code [1, B, d]}. */
  Variable apply(Tape tape, Variable x, int[] lengths) {
    int items = x.shape().batch();
    int d = x.shape().cols();
    Variable keys = dense == null ? x : tape.apply(new Dense(dense, Activation.TANH), x);
    Variable query = tape.weight(score).then(new Gather(new int[items], items));
    // Keys and values of an attention are of one width.
    int width = Math.max(d, query.shape().cols());
    Variable keyValue =
        tape.apply(new Concatenate(), widened(tape, keys, width), widened(tape, x, width));
    AttentionSpec spec = new AttentionSpec(1, width, 1, Double.NEGATIVE_INFINITY);
    Variable mean = tape.apply(new Attention(spec, lengths), widened(tape, query, width), keyValue);
    Variable rows = tape.apply(Gather.ofItems(mean.shape(), new int[items]), mean);
    return width == d ? rows : tape.apply(new Slice(Axis.COLUMNS, 0, d), rows);
  }

  private static Variable widened(Tape tape, Variable x, int width) {
    if (x.shape().cols() == width) {
      return x;
    }
    Shape more = x.shape().withCols(width - x.shape().cols());
    return tape.apply(new Concatenate(), x, tape.constant(more, new double[more.size()]));
  }
}
