package dev.gsig.importer.internal.family;

import java.util.List;

/**
 * ELECTRA (Clark et al., ICLR 2020) as Hugging Face has it: BERT without a pooler, whose embeddings
 * may be narrower than the encoder and then go through {@code embeddings_project}; a head of two
 * layers with a GELU on the CLS row.
 */
final class Electra implements Family {
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final String PROJECTION = "embeddings_project";

  @Override
  public String name() {
    return "electra";
  }

  @Override
  public String description() {
    return "Hugging Face ELECTRA";
  }

  @Override
  public boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    return prefix != null
        && draft.has(prefix + "embeddings.position_embeddings.weight")
        && (HuggingFaceKeys.isOf(draft, List.of("electra"))
            || (HuggingFaceKeys.isUntold(draft)
                && (prefix.endsWith("electra.") || draft.has(prefix + PROJECTION + ".weight"))));
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    draft.map(WORDS, prefix + WORDS);
    BertParts.encoder(draft, prefix);
    draft.both("embeddings.projection", prefix + PROJECTION);
    HuggingFaceBert.positions(draft, prefix + "embeddings.");
    new HuggingFaceKeys(draft)
        .take("layer_norm_eps", 1e-12)
        .take("hidden_act", "gelu")
        .take("num_attention_heads", 4L)
        .take("pad_token_id", 0L);
    BertParts.twoLayerHead(draft, prefix, "gelu");
    HeadFinder.find(draft);
  }
}
