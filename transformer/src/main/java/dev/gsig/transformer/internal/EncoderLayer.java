package dev.gsig.transformer.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.transformer.config.AttentionScale;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.Sight.Outlook;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The layers of a BERT encoder, post-norm or pre-norm. */
final class EncoderLayer {
  private EncoderLayer() {}

  /** All of them, and the norm behind them where there is one. */
  static LayerStack all(ModelConfig config, Weights weights, Backend backend) {
    List<Layer> layers = new ArrayList<>();
    for (int n = 0; n < config.numHiddenLayers(); n++) {
      layers.add(of(config, weights, backend, n));
    }
    return new LayerStack(
        layers,
        Collections.nCopies(layers.size(), Outlook.FULL),
        weights.optionalNorm(backend, "encoder.LayerNorm", config.layerNormEps()));
  }

  private static Layer of(ModelConfig config, Weights weights, Backend backend, int index) {
    String prefix = "encoder.layer." + index + ".";
    double epsilon = config.layerNormEps();
    SelfAttention attention = attention(config, weights, backend, prefix + "attention.");
    NormWeights attentionNorm =
        weights.norm(backend, prefix + "attention.output.LayerNorm", epsilon);
    LinearWeights intermediate = weights.linear(backend, prefix + "intermediate.dense");
    LinearWeights output = weights.linear(backend, prefix + "output.dense");
    return new Layer(
        config.normFirst() ? Layer.Order.PRE_NORM : Layer.Order.POST_NORM,
        config.residual(),
        attentionNorm,
        attention,
        weights.norm(backend, prefix + "output.LayerNorm", epsilon),
        new FeedForward(config.hiddenAct(), intermediate, null, output));
  }

  private static SelfAttention attention(
      ModelConfig config, Weights weights, Backend backend, String prefix) {
    String self = prefix + "self.";
    int scaled =
        config.attentionScale() == AttentionScale.HEAD_SIZE
            ? config.attentionHeadSize()
            : config.maxPositionEmbeddings();
    AttentionSpec spec =
        new AttentionSpec(
            config.numAttentionHeads(),
            config.attentionHeadSize(),
            1 / Math.sqrt(scaled),
            config.attentionMaskValue());
    LinearWeights query = weights.linear(backend, self + "query");
    LinearWeights keyValue =
        weights.linear(
            backend,
            List.of(self + "key.weight", self + "value.weight"),
            List.of(self + "key.bias", self + "value.bias"));
    LinearWeights output = weights.linear(backend, prefix + "output.dense");
    return new SelfAttention(spec, null, query, keyValue, output);
  }
}
