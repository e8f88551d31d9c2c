package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Hugging Face BERT: {@code BertForSequenceClassification}, or a bare encoder with a head of its
 * own. Token types are all 0 unless {@code import.token_type} is {@code cohort}: the row of type 0
 * is added to the position table.
 */
final class HuggingFaceBert implements Family {
  private static final String WORDS = "embeddings.word_embeddings.weight";

  /** What stands before the names of models that shift their positions. */
  private static final Pattern SHIFTED = Pattern.compile("(roberta|data2vec_text)\\.$");

  @Override
  public String name() {
    return "bert";
  }

  @Override
  public String description() {
    return "Hugging Face BERT";
  }

  @Override
  public boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    return prefix != null && draft.has(prefix + "embeddings.position_embeddings.weight");
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    draft.map(WORDS, prefix + WORDS);
    if (SHIFTED.matcher(prefix).find()) {
      PositionRows.ask(draft, prefix.substring(0, prefix.length() - 1));
    }
    BertParts.encoder(draft, prefix);
    positions(draft, prefix + "embeddings.");
    BertParts.pooling(draft, prefix);
    if (draft.options().gives("model_type") || draft.options().gives("architectures")) {
      draft.assume("layer_norm_eps", 1e-12, "Hugging Face's default");
      draft.assume("hidden_act", "gelu", "Hugging Face's default");
      draft.assume("num_attention_heads", 12L, "Hugging Face's default");
      draft.assume("pad_token_id", 0L, "Hugging Face's default");
    }
    HeadFinder.find(draft);
  }

  /** Maps the position table, with the row of token type 0 added where none are told. */
  static void positions(Draft draft, String prefix) {
    String types = prefix + "token_type_embeddings.weight";
    Derived positions = draft.takeTable(prefix + "position_embeddings.weight");
    boolean fromCohort =
        draft.options().word("token_type", List.of("zero", "cohort")).equals("cohort");
    if (fromCohort) {
      draft.map("embeddings.token_type_embeddings.weight", types);
      draft.fact("embedding_inputs", Map.of("position", "learned", "token_type", "learned"));
    } else if (draft.has(types)) {
      Derived type = draft.takeTable(types);
      TableWidths.require(draft, "token type", types, type.shape());
      TableWidths.require(draft, "position", positions.from(), positions.shape());
      positions = positions.plusRows(type, row -> 0);
      if (type.rows() > 1) {
        draft.note("import.token_type", "zero (as in Hugging Face where none is given)");
      }
    }
    draft.put("embeddings.position_embeddings.weight", positions);
  }
}
