package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.regex.Pattern;

/** What the heads of causal models read and write. */
final class NextToken {
  private static final String HEAD = "lm_head";

  private NextToken() {}

  /** Whether the user says that the head scores the next token. */
  static boolean isTold(Draft draft) {
    return "next_token".equals(draft.options().config().get("head"));
  }

  /**
   * Maps the head of a module of one's own: the layer that has a row for each of a table's, a copy
   * of the table where they are tied.
   *
   * @param width of the model
   */
  static void ownHead(Draft draft, long width) {
    List<String> heads =
        draft.unused().stream()
            .filter(name -> name.endsWith(".weight") && !TorchEmbeddings.isEmbedding(name))
            .filter(name -> draft.shape(name).size() == 2 && draft.shape(name).get(1) == width)
            .filter(name -> hasTable(draft, name, width))
            .toList();
    draft.fact("head", "next_token");
    draft.fact("pooling", "last");
    if (heads.size() == 1) {
      draft.both(HEAD, heads.get(0).replaceFirst("\\.weight$", ""));
      draft.note("pooling", "last (the next token's logits, at the last real position)");
    } else {
      draft.ask(
          HEAD + ".weight",
          "the layer of the next token's logits"
              + (heads.isEmpty() ? "" : ", which of " + String.join(", ", heads))
              + "? name it in a mapping file, --map");
    }
  }

  private static boolean hasTable(Draft draft, String head, long width) {
    return draft.unused().stream()
        .anyMatch(
            name ->
                !name.equals(head)
                    && TorchEmbeddings.isTable(draft, name, width)
                    && draft.shape(name).equals(draft.shape(head)));
  }

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
    boolean told = keys.isClass("ForCausalLM", "LMHeadModel") || isTold(draft);
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
