package dev.gsig.importer.internal.family;

import java.util.Map;

/**
 * BEHRT (Li et al., Scientific Reports 10:7155, 2020): code + segment, alternating 0 and 1 by
 * visit, + age + visit position from a fixed table. Segment and position both follow from the
 * visit, so that their rows are added up in one visit table. Ages are rows of an age vocabulary
 * that starts with PAD and UNK.
 */
final class Behrt implements Family {
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final int AGE_SPECIALS = 2;

  @Override
  public String name() {
    return "behrt";
  }

  @Override
  public String description() {
    return "BEHRT";
  }

  @Override
  public boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    return prefix != null && draft.has(prefix + "embeddings.posi_embeddings.weight");
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    String embeddings = prefix + "embeddings.";
    draft.map(WORDS, prefix + WORDS);
    Derived visits = draft.takeTable(embeddings + "posi_embeddings.weight");
    if (draft.has(embeddings + "segment_embeddings.weight")) {
      Derived segments = draft.takeTable(embeddings + "segment_embeddings.weight");
      visits = visits.plusRows(segments, visit -> visit % 2);
    }
    draft.put("embeddings.visit_embeddings.weight", visits);
    draft.fact("embedding_inputs", Map.of("visit", "learned"));
    if (draft.has(embeddings + "age_embeddings.weight")) {
      Ages.map(draft, embeddings + "age_embeddings.weight", AGE_SPECIALS);
      draft.fact("embedding_inputs", Map.of("visit", "learned", "age", "learned"));
    }
    BertParts.encoder(draft, prefix);
    BertParts.pooling(draft, prefix);
    draft.assume("max_position_embeddings", visits.rows(), "the rows of its position table");
    draft.assume("hidden_act", "gelu", "BEHRT's own");
    draft.assume("layer_norm_eps", 1e-12, "BEHRT's own");
    HeadFinder.find(draft);
  }
}
