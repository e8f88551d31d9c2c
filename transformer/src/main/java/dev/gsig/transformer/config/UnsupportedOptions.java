package dev.gsig.transformer.config;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.List;
import java.util.Set;

/** Hugging Face options that would change the numbers and are not implemented: refused. */
final class UnsupportedOptions {
  private static final List<String> MUST_BE_FALSE =
      List.of("is_encoder_decoder", "add_cross_attention");

  // Their position table starts at pad_token_id + 1, under otherwise identical weight names.
  private static final Set<String> SHIFTED_POSITIONS =
      Set.of("roberta", "xlm-roberta", "camembert", "xlm-roberta-xl", "data2vec-text");

  private UnsupportedOptions() {}

  static void check(JsonObject config) {
    String problem = config.stringOrNull("problem_type");
    if ("regression".equals(problem)) {
      throw config.invalid(
          "problem_type",
          "is regression, which is not supported: only models that predict classes or labels can be"
              + " explained");
    }
    String positions = config.stringOrNull("position_embedding_type");
    if (positions != null && !positions.equals("absolute")) {
      throw config.invalid(
          "position_embedding_type",
          Json.quote(positions) + " is not supported; only absolute positions are");
    }
    for (String key : MUST_BE_FALSE) {
      if (config.bool(key, false)) {
        throw config.invalid(
            key, "is true, which is not supported; encoders and decoders are, one at a time");
      }
    }
    String type = config.stringOrNull("model_type");
    if (type != null && SHIFTED_POSITIONS.contains(type)) {
      throw config.invalid(
          "model_type",
          Json.quote(type)
              + " is not supported: its first position is row pad_token_id + 1 of the table; import"
              + " it with --set model_type=bert --set import.position_first_row=2, or whatever that"
              + " is");
    }
  }
}
