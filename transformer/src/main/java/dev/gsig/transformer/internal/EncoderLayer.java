package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Add;
import dev.gsig.autodiff.op.Attention;
import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.Dropout;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.transformer.config.AttentionScale;
import dev.gsig.transformer.config.ModelConfig;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One encoder layer, post-norm ({@code x = LN(x + f(x))}) or pre-norm ({@code x = x + f(LN(x))}), f
 * being attention and then the feed-forward; without residual connections {@code x +} is left out.
 * Shared by threads.
 */
final class EncoderLayer {
  private final AttentionSpec attention;
  private final boolean normFirst;
  private final boolean residual;
  private final Activation activation;
  private final LinearWeights query;
  private final LinearWeights keyValue;
  private final LinearWeights attentionOutput;
  private final NormWeights attentionNorm;
  private final LinearWeights intermediate;
  private final LinearWeights output;
  private final NormWeights outputNorm;

  EncoderLayer(ModelConfig config, Weights weights, Backend backend, int index) {
    String prefix = "encoder.layer." + index + ".";
    String self = prefix + "attention.self.";
    int scaled =
        config.attentionScale() == AttentionScale.HEAD_SIZE
            ? config.attentionHeadSize()
            : config.maxPositionEmbeddings();
    attention =
        new AttentionSpec(
            config.numAttentionHeads(),
            config.attentionHeadSize(),
            1 / Math.sqrt(scaled),
            config.attentionMaskValue());
    normFirst = config.normFirst();
    residual = config.residual();
    activation = config.hiddenAct();
    query = weights.linear(backend, self + "query");
    keyValue =
        weights.linear(
            backend,
            List.of(self + "key.weight", self + "value.weight"),
            List.of(self + "key.bias", self + "value.bias"));
    attentionOutput = weights.linear(backend, prefix + "attention.output.dense");
    double epsilon = config.layerNormEps();
    attentionNorm = weights.norm(backend, prefix + "attention.output.LayerNorm", epsilon);
    intermediate = weights.linear(backend, prefix + "intermediate.dense");
    output = weights.linear(backend, prefix + "output.dense");
    outputNorm = weights.norm(backend, prefix + "output.LayerNorm", epsilon);
  }

  /**
   * {@code [B, L, d]} to the same shape.
   *
   * @param firstOnly the first row of each item only, {@code [1, B, d]}: keys and values of all
   *     rows, but everything behind them for one
   */
  Variable apply(Tape tape, Variable x, int[] lengths, boolean firstOnly) {
    Variable rows = firstOnly ? first(tape, x) : x;
    if (normFirst) {
      Variable keys = norm(tape, attentionNorm, x);
      Variable q = project(tape, query, firstOnly ? first(tape, keys) : keys);
      Variable attended = attend(tape, q, project(tape, keyValue, keys), lengths, firstOnly);
      Variable middle = residual ? tape.apply(new Add(), rows, attended) : attended;
      Variable fed = feedForward(tape, norm(tape, outputNorm, middle));
      return residual ? tape.apply(new Add(), middle, fed) : fed;
    }
    Variable q = project(tape, query, rows);
    Variable kv = project(tape, keyValue, x);
    Variable middle = normSum(tape, attentionNorm, attend(tape, q, kv, lengths, firstOnly), rows);
    return normSum(tape, outputNorm, feedForward(tape, middle), middle);
  }

  private static Variable first(Tape tape, Variable x) {
    return tape.apply(Gather.ofItems(x.shape(), new int[x.shape().batch()]), x);
  }

  /** Each row an item of its own, {@code [1, B, d]} to {@code [B, 1, d]}. */
  private static Variable each(Tape tape, Variable x) {
    int items = x.shape().rows();
    return tape.apply(new Gather(IntStream.range(0, items).toArray(), items), x);
  }

  private static Variable project(Tape tape, LinearWeights weights, Variable x) {
    return tape.apply(new Linear(weights), x);
  }

  private static Variable norm(Tape tape, NormWeights norm, Variable x) {
    return tape.apply(new Norm(norm), x);
  }

  private Variable normSum(Tape tape, NormWeights norm, Variable f, Variable x) {
    return residual ? tape.apply(new Norm(norm), f, x) : norm(tape, norm, f);
  }

  /** Queries {@code [B, L, heads * head size]}; or one for each item, {@code [1, B, ...]}. */
  private Variable attend(Tape tape, Variable q, Variable kv, int[] lengths, boolean oneQuery) {
    Variable queries = oneQuery ? each(tape, q) : q;
    Variable heads = tape.apply(new Attention(attention, lengths), queries, kv);
    Variable rows = oneQuery ? first(tape, heads) : heads;
    return Dropout.on(tape, project(tape, attentionOutput, rows));
  }

  private Variable feedForward(Tape tape, Variable x) {
    Variable hidden = tape.apply(new Dense(intermediate, activation), x);
    return Dropout.on(tape, project(tape, output, hidden));
  }
}
