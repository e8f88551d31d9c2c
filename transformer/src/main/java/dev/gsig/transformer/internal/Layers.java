package dev.gsig.transformer.internal;

import dev.gsig.autodiff.op.Attention;
import dev.gsig.autodiff.op.Rotate;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.transformer.config.AttentionScale;
import dev.gsig.transformer.config.LayerTraits;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Rotary;
import dev.gsig.transformer.config.Rotary.Over;
import dev.gsig.transformer.internal.Sight.Outlook;
import java.util.ArrayList;
import java.util.List;

/** Assembles the layers that a configuration describes. */
final class Layers {
  private final ModelConfig config;
  private final LayerTraits traits;
  private final Weights weights;
  private final Backend backend;

  private Layers(ModelConfig config, Weights weights, Backend backend) {
    this.config = config;
    this.traits = config.layers();
    this.weights = weights;
    this.backend = backend;
  }

  /** All of them, and the norm behind them where there is one. */
  static LayerStack of(ModelConfig config, Weights weights, Backend backend) {
    return new Layers(config, weights, backend).stack();
  }

  private LayerStack stack() {
    Outlook everywhere = outlook(Integer.MAX_VALUE, false);
    Outlook near = traits.window() == null ? everywhere : outlook(traits.window(), true);
    List<Layer> layers = new ArrayList<>();
    List<Outlook> outlooks = new ArrayList<>();
    for (int n = 0; n < config.numHiddenLayers(); n++) {
      layers.add(layer(n));
      outlooks.add(traits.sliding().get(n) ? near : everywhere);
    }
    NormWeights last = weights.optionalNorm(backend, config, "encoder.LayerNorm");
    return new LayerStack(layers, outlooks, last);
  }

  private Outlook outlook(int distance, boolean sliding) {
    Rotary rotary = traits.rotary();
    double[] frequencies =
        rotary == null
            ? null
            : Rotate.frequencies(
                rotary.size() / 2, sliding ? rotary.slidingTheta() : rotary.theta());
    Over over = rotary == null ? Over.POSITION : rotary.over();
    boolean plain = distance == Integer.MAX_VALUE && !traits.causal() && rotary == null;
    return plain
        ? Outlook.FULL
        : new Outlook(
            distance, traits.causal() ? 0 : distance, frequencies, over, traits.hideSameTime());
  }

  private Layer layer(int n) {
    String prefix = "encoder.layer." + n + ".";
    SelfAttention attention = attention(prefix + "attention.");
    NormWeights attentionNorm =
        traits.hasAttentionNorm(n) ? norm(prefix + "attention.output.LayerNorm") : null;
    LinearWeights in = weights.linear(backend, prefix + "intermediate.dense");
    LinearWeights up = traits.gated() ? weights.linear(backend, prefix + "intermediate.up") : null;
    LinearWeights out = weights.linear(backend, prefix + "output.dense");
    NormWeights feedForwardNorm = traits.sharedNorm() ? null : norm(prefix + "output.LayerNorm");
    Layer.Order order =
        traits.parallel()
            ? Layer.Order.PARALLEL
            : config.normFirst() ? Layer.Order.PRE_NORM : Layer.Order.POST_NORM;
    return new Layer(
        order,
        config.residual(),
        attentionNorm,
        attention,
        feedForwardNorm,
        new FeedForward(config.hiddenAct(), in, up, out));
  }

  private NormWeights norm(String name) {
    return weights.norm(backend, config, name);
  }

  private SelfAttention attention(String prefix) {
    String self = prefix + "self.";
    int scaled =
        config.attentionScale() == AttentionScale.HEAD_SIZE
            ? config.attentionHeadSize()
            : config.maxPositionEmbeddings();
    AttentionSpec spec =
        new AttentionSpec(
            config.numAttentionHeads(),
            traits.keyValueHeads(),
            config.attentionHeadSize(),
            1 / Math.sqrt(scaled),
            config.attentionMaskValue(),
            traits.alibi() ? Attention.slopes(config.numAttentionHeads()) : List.of());
    Rotary rotary = traits.rotary();
    LinearWeights query = weights.linear(backend, self + "query");
    LinearWeights keyValue =
        weights.linear(
            backend,
            List.of(self + "key.weight", self + "value.weight"),
            List.of(self + "key.bias", self + "value.bias"));
    LinearWeights output = weights.linear(backend, prefix + "output.dense");
    return new SelfAttention(
        spec,
        rotary == null ? null : new SelfAttention.Rotary(rotary.size() / 2, rotary.interleaved()),
        query,
        keyValue,
        output);
  }
}
