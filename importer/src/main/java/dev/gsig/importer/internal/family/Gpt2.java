package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.regex.Pattern;

/**
 * GPT-2 (Radford et al. 2019), as Hugging Face stores it, with {@code [in, out]} layers, and with
 * the same names and {@code nn.Linear}, as nanoGPT and ETHOS do: the shape of {@code c_attn} tells.
 * Layers and norms may lack a bias.
 */
final class Gpt2 extends Decoder {
  private static final String WORDS = "wte.weight";
  private static final Pattern MASKS = Pattern.compile("(^|\\.)attn\\.(bias|masked_bias)$");

  Gpt2(String name, String description) {
    super(name, description, WORDS);
  }

  @Override
  boolean recognises(Draft draft, String prefix) {
    return draft.has(prefix + "wpe.weight") && draft.has(prefix + "h.0.attn.c_attn.weight");
  }

  @Override
  void apply(Draft draft, String prefix) {
    draft.map("embeddings.position_embeddings.weight", prefix + "wpe.weight");
    boolean linear = blocks(draft, prefix);
    HuggingFaceKeys keys = keys(draft, linear);
    NextToken.head(draft, keys, true);
  }

  /**
   * Maps what all models with these names have: code table, layers and the norm behind them.
   *
   * @return whether layers are stored as {@code [out, in]}
   */
  static boolean blocks(Draft draft, String prefix) {
    String layer = prefix + "h.{n}.";
    List<Long> shape = draft.shape(prefix + "h.0.attn.c_attn.weight");
    boolean transposed = shape.size() == 2 && shape.get(1) == 3 * shape.get(0);
    draft.map("embeddings.word_embeddings.weight", prefix + WORDS);
    LayerParts.queryKeyValue(draft, layer + "attn.c_attn", transposed);
    LayerParts.linear(draft, "attention.output.dense", layer + "attn.c_proj", transposed);
    LayerParts.linear(draft, "intermediate.dense", layer + "mlp.c_fc", transposed);
    LayerParts.linear(draft, "output.dense", layer + "mlp.c_proj", transposed);
    draft.both(LayerParts.LAYER + "attention.output.LayerNorm", layer + "ln_1");
    draft.both(LayerParts.LAYER + "output.LayerNorm", layer + "ln_2");
    draft.both("encoder.LayerNorm", prefix + "ln_f");
    causalLayers(draft);
    draft.expectNormsWithoutBias();
    draft.pass(MASKS);
    return !transposed;
  }

  /** Translates the configuration. */
  static HuggingFaceKeys keys(Draft draft, boolean linear) {
    HuggingFaceKeys keys =
        new HuggingFaceKeys(draft)
            .require("scale_attn_by_inverse_layer_idx", false)
            .require("scale_attn_weights", true)
            .take("n_embd", "hidden_size", null)
            .take("n_layer", "num_hidden_layers", null)
            .take("n_head", "num_attention_heads", linear ? null : 12L)
            .take("n_inner", "intermediate_size", null)
            .take("n_positions", "max_position_embeddings", null)
            .take("block_size", "max_position_embeddings", null)
            .take("layer_norm_epsilon", "layer_norm_eps", linear ? null : 1e-5)
            .take("activation_function", "hidden_act", linear ? null : "gelu_new");
    draft.drop("is_decoder");
    if (linear) {
      draft.assume("layer_norm_eps", 1e-5, "that of PyTorch and nanoGPT");
    }
    return keys;
  }
}
