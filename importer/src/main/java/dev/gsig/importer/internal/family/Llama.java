package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Llama (Touvron et al., arXiv 2302.13971), and Mistral (arXiv 2310.06825) and Qwen2 (arXiv
 * 2407.10671) with the same names, as Hugging Face has them: root-mean-square norms, rotary
 * positions, a gated feed-forward, perhaps fewer key-value heads than heads and a sliding window.
 */
final class Llama extends Decoder {
  private static final String WORDS = "embed_tokens.weight";
  private static final Pattern ANGLES = Pattern.compile("rotary_emb\\.inv_freq$");

  /**
   * The name says which of them: configurations differ in defaults, and in what limits the window.
   */
  Llama(String type, String description) {
    super(type, description, WORDS);
  }

  @Override
  boolean recognises(Draft draft, String prefix) {
    return draft.has(prefix + "layers.0.self_attn.q_proj.weight")
        && draft.has(prefix + "layers.0.mlp.gate_proj.weight")
        && (HuggingFaceKeys.isOf(draft, List.of(name())) || HuggingFaceKeys.isUntold(draft));
  }

  @Override
  void apply(Draft draft, String prefix) {
    String layer = prefix + "layers.{n}.";
    draft.map("embeddings.word_embeddings.weight", prefix + WORDS);
    LayerParts.linear(draft, "attention.self.query", layer + "self_attn.q_proj", false);
    LayerParts.linear(draft, "attention.self.key", layer + "self_attn.k_proj", false);
    LayerParts.linear(draft, "attention.self.value", layer + "self_attn.v_proj", false);
    LayerParts.linear(draft, "attention.output.dense", layer + "self_attn.o_proj", false);
    LayerParts.linear(draft, "attention.output.LayerNorm", layer + "input_layernorm", false);
    LayerParts.linear(draft, "intermediate.dense", layer + "mlp.gate_proj", false);
    LayerParts.linear(draft, "intermediate.up", layer + "mlp.up_proj", false);
    LayerParts.linear(draft, "output.dense", layer + "mlp.down_proj", false);
    LayerParts.linear(draft, "output.LayerNorm", layer + "post_attention_layernorm", false);
    draft.both("encoder.LayerNorm", prefix + "norm");
    causalLayers(draft);
    draft.pass(ANGLES);
    draft.fact("norm", "rms_norm");
    draft.fact("feed_forward", "gated");
    HuggingFaceKeys keys =
        new HuggingFaceKeys(draft)
            .take("rms_norm_eps", "layer_norm_eps", 1e-6)
            .take("head_dim", "attention_head_size", null)
            .take("hidden_act", "silu")
            .take("num_attention_heads", 32L);
    draft.drop("is_decoder");
    keys.rotary(10000.0);
    window(draft, keys);
    NextToken.head(draft, keys, false);
  }

  /** A window of s keys reaches to the row s - 1 before. */
  private void window(Draft draft, HuggingFaceKeys keys) {
    boolean mistral = name().equals("mistral");
    boolean limited = mistral || (name().equals("qwen2") && keys.is("use_sliding_window", false));
    Object types = keys.orDefault("layer_types", null);
    Long size = limited ? keys.whole("sliding_window") : null;
    if (limited && size == null && keys.orDefault("sliding_window", 4096L) instanceof Long usual) {
      size = usual;
      draft.note("attention_window", usual - 1 + " (Hugging Face's default)");
    }
    if (size == null) {
      keys.require("layer_types", fullOnly(draft));
      draft.drop("layer_types");
      return;
    }
    draft.fact("attention_window", size - 1);
    if (!mistral && types == null) {
      Long first = keys.whole("max_window_layers");
      long from = first == null ? 28 : first;
      draft.fact("layer_types", LayerParts.types(draft, n -> n >= from));
    }
  }

  private static Object fullOnly(Draft draft) {
    return LayerParts.types(draft, n -> false);
  }
}
