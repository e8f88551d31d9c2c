package dev.gsig.transformer.config;

import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.VisitIndex;
import dev.gsig.ehr.internal.JsonObject;
import java.util.HashMap;
import java.util.Map;

/** The keys that say how a sequence of tokens is made. */
final class SequenceKeys {
  // Far beyond any model; a few bytes of a file must not ask for gigabytes.
  private static final int MAX_LENGTH = 1 << 16;

  private SequenceKeys() {}

  /** The special tokens, each within the vocabulary's table and with an id of its own. */
  static SpecialTokens specialTokens(JsonObject json, int vocabSize) {
    Map<Integer, String> keyById = new HashMap<>();
    json.integer("pad_token_id");
    return new SpecialTokens(
        specialToken(json, "pad_token_id", vocabSize, keyById),
        specialToken(json, "cls_token_id", vocabSize, keyById),
        specialToken(json, "sep_token_id", vocabSize, keyById),
        specialToken(json, "mask_token_id", vocabSize, keyById),
        specialToken(json, "unk_token_id", vocabSize, keyById));
  }

  private static Integer specialToken(
      JsonObject json, String key, int vocabSize, Map<Integer, String> keyById) {
    Integer id = json.integerOrNull(key);
    if (id == null) {
      return null;
    }
    if (id < 0 || id >= vocabSize) {
      throw json.invalid(
          key, "must be from 0 to " + (vocabSize - 1) + ", below vocab_size, but is " + id);
    }
    String other = keyById.put(id, key);
    if (other != null) {
      throw json.invalid(key, "is " + id + ", the same as " + other + "; each needs its own id");
    }
    return id;
  }

  /** The length of every sequence, with room for a code beside the special tokens. */
  static int length(JsonObject json, SpecialTokens special) {
    int smallest = 1 + (special.cls() == null ? 0 : 1) + (special.sep() == null ? 0 : 1);
    int length = json.integer("max_position_embeddings");
    if (length >= 1 && length < smallest) {
      throw json.invalid(
          "max_position_embeddings",
          "must be at least " + smallest + " to hold a code beside CLS and SEP, but is " + length);
    }
    return Values.size(json, "max_position_embeddings", 1, MAX_LENGTH);
  }

  /** How the visit input is counted. */
  static VisitIndex visitIndex(JsonObject json) {
    return Values.choice(
        json, "visit_index", VisitIndex.class, VisitIndex::configName, VisitIndex.BEFORE_SEP);
  }

  /**
   * The token type that CLS reads.
   *
   * @param readsTokenTypes whether the model reads any
   * @return null for that of the first visit
   */
  static Integer clsTokenType(JsonObject json, SpecialTokens special, boolean readsTokenTypes) {
    String key = "cls_token_type";
    if (!json.has(key)) {
      return null;
    }
    if (special.cls() == null || !readsTokenTypes) {
      throw json.invalid(key, "is given, but the model has no cls_token_id or reads no token_type");
    }
    return Values.size(json, key, 0);
  }
}
