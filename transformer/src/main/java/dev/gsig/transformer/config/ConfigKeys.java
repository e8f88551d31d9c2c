package dev.gsig.transformer.config;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The keys of {@code config.json} that mean something here, and how others are treated. */
final class ConfigKeys {
  static final List<String> KNOWN =
      List.of(
          "hidden_size",
          "num_hidden_layers",
          "num_attention_heads",
          "intermediate_size",
          "hidden_act",
          "layer_norm_eps",
          "vocab_size",
          "max_position_embeddings",
          "pad_token_id",
          "cls_token_id",
          "sep_token_id",
          "mask_token_id",
          "unk_token_id",
          "norm_first",
          "causal",
          "num_key_value_heads",
          "attention_window",
          "layer_types",
          "rotary",
          "alibi",
          "hide_same_time",
          "norm",
          "feed_forward",
          "parallel_residual",
          "shared_parallel_norm",
          "first_attention_norm",
          "embedding_inputs",
          "embedding_size",
          "embedding_join",
          "embedding_join_activation",
          "embedding_join_added",
          "embedding_scale",
          "visit_index",
          "age_rows_per_year",
          "age_transform",
          "cls_token_type",
          "time_span",
          "time_origin",
          "time_unit",
          "time_transform",
          "time_special_tokens",
          "value_scale",
          "value_missing",
          "value_hidden_size",
          "value_activation",
          "attribution_point",
          "attention_head_size",
          "attention_scale",
          "attention_mask_value",
          "residual",
          "pooling",
          "mean_over",
          "gru_hidden_size",
          "gru_read",
          "gru_over",
          "pooling_hidden_size",
          "pooler",
          "pooler_activation",
          "head",
          "tie_word_embeddings",
          "tabular",
          "classifier",
          "problem_type",
          "num_labels",
          "id2label",
          "position_embedding_type",
          "is_decoder",
          "is_encoder_decoder",
          "add_cross_attention",
          "model_type");

  // Hugging Face keys that look like slips of the keyboard but mean something else there.
  private static final Set<String> LOOKALIKES = Set.of("bos_token_id", "eos_token_id");

  private static final int NEAR = 2;

  private ConfigKeys() {}

  /**
   * Hugging Face writes dozens of keys that don't matter here, so unknown keys pass; but a misspelt
   * one would silently leave its default in force, so whatever is near a known key is refused.
   */
  static void checkTopLevel(JsonObject config) {
    for (String key : config.keys()) {
      if (!KNOWN.contains(key) && !LOOKALIKES.contains(key)) {
        String near = nearest(key, KNOWN);
        if (near != null) {
          throw config.invalid(key, "is not a known key; did you mean " + Json.quote(near) + "?");
        }
      }
    }
  }

  /** In an object whose keys are all ours, every unknown key is refused. */
  static void checkOnly(JsonObject object, List<String> allowed) {
    for (String key : object.keys()) {
      if (!allowed.contains(key)) {
        throw object.invalid(key, "is not a known key; allowed are " + String.join(", ", allowed));
      }
    }
  }

  private static String nearest(String key, Collection<String> known) {
    String best = null;
    int bestDistance = NEAR + 1;
    for (String candidate : known) {
      int distance = editDistance(key, candidate);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** Levenshtein distance: the fewest insertions, deletions and substitutions of a character. */
  static int editDistance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > NEAR) {
      return NEAR + 1;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(substituted, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
