package dev.gsig.importer.internal.family;

import java.util.List;

/**
 * RoBERTa (Liu et al., arXiv 1907.11692) as Hugging Face has it, and models of its kind: BERT whose
 * first position is row {@code pad_token_id + 1} of the table, with a head of two layers on the row
 * of {@code <s>}. Recognised by {@code model_type}; of weights alone BERT's family asks.
 */
final class Roberta implements Family {
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final List<String> TYPES =
      List.of("roberta", "xlm-roberta", "camembert", "data2vec-text");

  @Override
  public String name() {
    return "roberta";
  }

  @Override
  public String description() {
    return "Hugging Face RoBERTa";
  }

  @Override
  public boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    return HuggingFaceKeys.isOf(draft, TYPES)
        && prefix != null
        && draft.has(prefix + "embeddings.position_embeddings.weight");
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    draft.map(WORDS, prefix + WORDS);
    BertParts.encoder(draft, prefix);
    HuggingFaceBert.positions(draft, prefix + "embeddings.");
    HuggingFaceKeys keys = new HuggingFaceKeys(draft);
    keys.take("layer_norm_eps", 1e-12)
        .take("hidden_act", "gelu")
        .take("num_attention_heads", 12L)
        .take("pad_token_id", 1L);
    Object pad = keys.orDefault("pad_token_id", 1L);
    draft.positionsFrom(pad instanceof Long id && id >= 0 && id < 1 << 24 ? id.intValue() + 1 : 2);
    draft.note("import.position_first_row", "pad_token_id + 1 (RoBERTa's own)");
    draft.drop("model_type");
    BertParts.twoLayerHead(draft, prefix, "tanh");
    HeadFinder.find(draft);
  }
}
