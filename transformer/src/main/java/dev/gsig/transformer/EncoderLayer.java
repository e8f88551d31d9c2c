package dev.gsig.transformer;

import dev.gsig.autodiff.Activate;
import dev.gsig.autodiff.Add;
import dev.gsig.autodiff.Attention;
import dev.gsig.autodiff.LayerNorm;
import dev.gsig.autodiff.Linear;
import dev.gsig.autodiff.SelectRows;
import dev.gsig.autodiff.SpreadRows;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionSpec;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.LinearWeights;
import dev.gsig.tensor.NormWeights;
import dev.gsig.transformer.config.AttentionScale;
import dev.gsig.transformer.config.ModelConfig;
import java.util.List;

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

  /** {@code [B, L, d]} to the same shape. */
  Variable apply(Tape tape, Variable x, int[] lengths) {
    return apply(tape, x, lengths, false);
  }

  /**
   * The first row of each item only, {@code [B, L, d]} to {@code [1, B, d]}: keys and values of all
   * rows, but everything behind them for one.
   */
  Variable firstRow(Tape tape, Variable x, int[] lengths) {
    return apply(tape, x, lengths, true);
  }

  private Variable apply(Tape tape, Variable x, int[] lengths, boolean firstOnly) {
    Variable rows = firstOnly ? first(tape, x) : x;
    if (normFirst) {
      Variable keys = norm(tape, attentionNorm, x);
      Variable queries = firstOnly ? first(tape, keys) : keys;
      Variable attended = attend(tape, queries, keys, lengths, firstOnly);
      Variable middle = residual ? tape.apply(new Add(), rows, attended) : attended;
      Variable fed = feedForward(tape, norm(tape, outputNorm, middle));
      return residual ? tape.apply(new Add(), middle, fed) : fed;
    }
    Variable attended = attend(tape, rows, x, lengths, firstOnly);
    Variable middle = normSum(tape, attentionNorm, attended, rows);
    return normSum(tape, outputNorm, feedForward(tape, middle), middle);
  }

  private static Variable first(Tape tape, Variable x) {
    return tape.apply(new SelectRows(new int[x.shape().batch()]), x);
  }

  private static Variable norm(Tape tape, NormWeights norm, Variable x) {
    return tape.apply(new LayerNorm(norm), x);
  }

  private Variable normSum(Tape tape, NormWeights norm, Variable f, Variable x) {
    return residual ? tape.apply(new LayerNorm(norm), f, x) : norm(tape, norm, f);
  }

  /**
   * Queries {@code [B, L, d]} attend to keys {@code [B, L, d]}; or, one query an item, {@code [1,
   * B, d]}.
   */
  private Variable attend(
      Tape tape, Variable queries, Variable keys, int[] lengths, boolean oneQuery) {
    Variable kv = tape.apply(new Linear(keyValue), keys);
    Variable q = tape.apply(new Linear(query), queries);
    Variable heads =
        tape.apply(
            new Attention(attention, lengths), oneQuery ? tape.apply(new SpreadRows(), q) : q, kv);
    return tape.apply(new Linear(attentionOutput), oneQuery ? first(tape, heads) : heads);
  }

  private Variable feedForward(Tape tape, Variable x) {
    Variable hidden = tape.apply(new Activate(activation), tape.apply(new Linear(intermediate), x));
    return tape.apply(new Linear(output), hidden);
  }
}
