package dev.gsig.importer.internal.family;

import java.util.regex.Pattern;

/** What the heads of causal models read and write. */
final class NextToken {
  private static final String HEAD = "lm_head";

  private NextToken() {}

  /**
   * Maps the head: {@code score} of {@code ...ForSequenceClassification} and {@code lm_head}, tied
   * to the code embedding or not, both on the last real row; another on what the user says.
   *
   * @param keys of the model's configuration
   * @param tied Hugging Face's default of {@code tie_word_embeddings}
   */
  static void head(Draft draft, HuggingFaceKeys keys, boolean tied) {
    Pattern words = Pattern.compile("(^|\\.)" + HEAD + "\\.(weight|bias)$");
    boolean stored = draft.has(HEAD + ".weight");
    boolean told =
        keys.isClass("ForCausalLM", "LMHeadModel")
            || "next_token".equals(draft.options().config().get("head"));
    boolean separate = draft.options().separateHead();
    if (!separate && draft.has("score.weight")) {
      draft.both("classifier.layers.0", "score");
      draft.fact("pooling", "last");
      draft.pass(words);
    } else if (!separate && (told || stored)) {
      boolean shared = stored ? keys.is("tie_word_embeddings", told && tied) : tied;
      draft.fact("head", "next_token");
      draft.fact("pooling", "last");
      draft.fact("tie_word_embeddings", shared);
      draft.drop("id2label"); // of a head for classes, which Hugging Face's configuration may name
      draft.drop("num_labels");
      if (shared) {
        draft.pass(words);
      } else {
        draft.both(HEAD, HEAD);
      }
      return;
    } else {
      draft.pass(words);
      draft.askUnlessChecked(
          "pooling",
          "last",
          "what the head reads: last, mean or cls; or give head=next_token, if the head is the code"
              + " table itself");
    }
    draft.drop("tie_word_embeddings");
    HeadFinder.find(draft);
  }
}
