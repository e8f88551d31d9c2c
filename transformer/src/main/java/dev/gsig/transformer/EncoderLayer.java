package dev.gsig.transformer;

import dev.gsig.autodiff.Activate;
import dev.gsig.autodiff.Add;
import dev.gsig.autodiff.Attention;
import dev.gsig.autodiff.LayerNorm;
import dev.gsig.autodiff.Linear;
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
    if (normFirst) {
      Variable attended = attend(tape, norm(tape, attentionNorm, x), lengths);
      Variable middle = residual ? tape.apply(new Add(), x, attended) : attended;
      Variable fed = feedForward(tape, norm(tape, outputNorm, middle));
      return residual ? tape.apply(new Add(), middle, fed) : fed;
    }
    Variable middle = normSum(tape, attentionNorm, attend(tape, x, lengths), x);
    return normSum(tape, outputNorm, feedForward(tape, middle), middle);
  }

  private static Variable norm(Tape tape, NormWeights norm, Variable x) {
    return tape.apply(new LayerNorm(norm), x);
  }

  private Variable normSum(Tape tape, NormWeights norm, Variable f, Variable x) {
    return residual ? tape.apply(new LayerNorm(norm), f, x) : norm(tape, norm, f);
  }

  private Variable attend(Tape tape, Variable x, int[] lengths) {
    Variable q = tape.apply(new Linear(query), x);
    Variable kv = tape.apply(new Linear(keyValue), x);
    Variable heads = tape.apply(new Attention(attention, lengths), q, kv);
    return tape.apply(new Linear(attentionOutput), heads);
  }

  private Variable feedForward(Tape tape, Variable x) {
    Variable hidden = tape.apply(new Activate(activation), tape.apply(new Linear(intermediate), x));
    return tape.apply(new Linear(output), hidden);
  }
}
