package dev.gsig.importer.internal.family;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ModernBERT (Warner et al., arXiv 2412.13663) as Hugging Face has it: norms before attention and a
 * gated feed-forward, none before the first attention; rotary positions; local attention in all but
 * every n-th layer, with a base of its own; a head of one layer and a norm behind the pooling.
 */
final class ModernBert implements Family {
  private static final String WORDS = "embeddings.tok_embeddings.weight";
  private static final String LAYER = "encoder.layer.{n}.";

  @Override
  public String name() {
    return "modernbert";
  }

  @Override
  public String description() {
    return "Hugging Face ModernBERT";
  }

  @Override
  public boolean recognises(Draft draft) {
    return BertParts.prefix(draft, WORDS) != null
        && draft.names().stream().anyMatch(name -> name.endsWith("layers.0.attn.Wqkv.weight"));
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    draft.map("embeddings.word_embeddings.weight", prefix + WORDS);
    draft.both("embeddings.LayerNorm", prefix + "embeddings.norm");
    HuggingFaceKeys keys = encoder(draft, prefix);
    head(draft, keys);
    HeadFinder.find(draft);
  }

  /** Maps the layers and the norm behind them, and translates their configuration. */
  static HuggingFaceKeys encoder(Draft draft, String prefix) {
    String layer = prefix + "layers.{n}.";
    LayerParts.queryKeyValue(draft, layer + "attn.Wqkv", false);
    draft.both(LAYER + "attention.output.dense", layer + "attn.Wo");
    draft.both(LAYER + "attention.output.LayerNorm", layer + "attn_norm");
    LayerParts.gate(draft, layer + "mlp.Wi");
    draft.both(LAYER + "output.dense", layer + "mlp.Wo");
    draft.both(LAYER + "output.LayerNorm", layer + "mlp_norm");
    draft.both("encoder.LayerNorm", prefix + "final_norm");
    draft.expectLayersWithoutBias();
    draft.expectNormsWithoutBias();
    HuggingFaceKeys keys = new HuggingFaceKeys(draft);
    keys.take("hidden_activation", "hidden_act", "gelu")
        .take("norm_eps", "layer_norm_eps", 1e-5)
        .take("num_attention_heads", 12L)
        .take("pad_token_id", 50283L);
    draft.drop("position_embedding_type"); // of other models; here they are always rotary
    draft.fact("norm_first", true);
    draft.fact("feed_forward", "gated");
    draft.fact("first_attention_norm", draft.has(prefix + "layers.0.attn_norm.weight"));
    attention(draft, keys);
    return keys;
  }

  /** Which layers are local, how far they see, and the bases of their angles. */
  private static void attention(Draft draft, HuggingFaceKeys keys) {
    Map<String, Object> rotary = new LinkedHashMap<>();
    rotary.put("theta", keys.theta("full_attention", "global_rope_theta", 160000.0));
    Object local = keys.theta("sliding_attention", "local_rope_theta", 10000.0);
    rotary.put("sliding_theta", local == null ? rotary.get("theta") : local);
    rotary.values().removeIf(theta -> theta == null);
    draft.fact("rotary", rotary);
    Long around = keys.whole("local_attention");
    if (around == null && keys.orDefault("local_attention", 128L) instanceof Long usual) {
      around = usual;
      draft.note("attention_window", usual / 2 + " (Hugging Face's default)");
    }
    if (rotary.isEmpty()) {
      draft.ask("rotary.theta", "the base of the rotary positions of the global layers");
      draft.ask("rotary.sliding_theta", "that of the local layers");
    }
    if (around == null) {
      draft.ask("attention_window", "how far a local layer sees: local_attention / 2");
    } else {
      draft.fact("attention_window", around / 2);
    }
    Long told = keys.whole("global_attn_every_n_layers");
    Object every = told != null ? told : keys.orDefault("global_attn_every_n_layers", 3L);
    if (every instanceof Long n) {
      draft.fact("layer_types", LayerParts.types(draft, layer -> layer % n != 0));
    } else {
      draft.ask(
          "layer_types", "a list of full_attention and sliding_attention, one for each layer");
    }
  }

  private static void head(Draft draft, HuggingFaceKeys keys) {
    if (draft.has("head.dense.weight") && draft.has("classifier.weight")) {
      draft.both("pooler.dense", "head.dense");
      draft.both("pooled.LayerNorm", "head.norm");
      draft.both("classifier.layers.0", "classifier");
      draft.fact("pooler", true);
      keys.take("classifier_activation", "pooler_activation", "gelu");
      keys.take("classifier_pooling", "pooling", "cls");
      if ("mean".equals(draft.facts().get("pooling"))) {
        draft.fact("mean_over", "real");
      } else if (!draft.facts().containsKey("pooling")) {
        draft.askUnlessChecked("pooling", "cls", "what the head reads: cls or mean");
      }
    } else {
      draft.askUnlessChecked("pooling", "cls", "what the head reads: cls, mean or bigru");
    }
  }
}
