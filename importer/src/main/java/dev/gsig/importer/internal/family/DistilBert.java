package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.Map;

/**
 * DistilBERT (Sanh et al., arXiv 1910.01108) as Hugging Face has it: BERT without token types and
 * pooler, with names of its own, and a head of two layers with a ReLU on the CLS row. A sinusoidal
 * position table is a weight like another.
 */
final class DistilBert implements Family {
  private static final String LAYER = "transformer.layer.{n}.";
  private static final String QUERY = "transformer.layer.0.attention.q_lin.weight";

  /** Parts of a layer: of a model folder, and here. */
  private static final Map<String, String> PARTS =
      Map.of(
          "attention.self.query", "attention.q_lin",
          "attention.self.key", "attention.k_lin",
          "attention.self.value", "attention.v_lin",
          "attention.output.dense", "attention.out_lin",
          "attention.output.LayerNorm", "sa_layer_norm",
          "intermediate.dense", "ffn.lin1",
          "output.dense", "ffn.lin2",
          "output.LayerNorm", "output_layer_norm");

  @Override
  public String name() {
    return "distilbert";
  }

  @Override
  public String description() {
    return "Hugging Face DistilBERT";
  }

  @Override
  public boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, QUERY);
    return prefix != null && draft.has(prefix + "embeddings.position_embeddings.weight");
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, QUERY);
    for (String table : List.of("word", "position")) {
      String name = "embeddings." + table + "_embeddings.weight";
      draft.map(name, prefix + name);
    }
    draft.both("embeddings.LayerNorm", prefix + "embeddings.LayerNorm");
    PARTS.forEach((ours, theirs) -> draft.both(LayerParts.LAYER + ours, prefix + LAYER + theirs));
    BertParts.passWhatIsNotNeeded(draft);
    new HuggingFaceKeys(draft)
        .take("dim", "hidden_size", null)
        .take("n_layers", "num_hidden_layers", null)
        .take("n_heads", "num_attention_heads", 12L)
        .take("hidden_dim", "intermediate_size", null)
        .take("activation", "hidden_act", "gelu")
        .take("pad_token_id", 0L);
    draft.assume("layer_norm_eps", 1e-12, "DistilBERT's own");
    if (draft.has("pre_classifier.weight") && draft.has("classifier.weight")) {
      draft.both("classifier.layers.0", "pre_classifier");
      draft.both("classifier.layers.1", "classifier");
      draft.fact("classifier", Map.of("activation", "relu"));
      draft.fact("pooling", "cls");
    } else {
      draft.askUnlessChecked("pooling", "cls", "what the head reads: cls, mean or bigru");
    }
    HeadFinder.find(draft);
  }
}
