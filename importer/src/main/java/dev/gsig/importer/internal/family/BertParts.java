package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.regex.Pattern;

/** The parts that all descendants of Hugging Face's BERT name alike. */
final class BertParts {
  // Heads of pre-training, and buffers that PyTorch keeps beside the weights.
  private static final Pattern NOT_NEEDED =
      Pattern.compile(
          "(^|\\.)(cls\\.(predictions|seq_relationship)\\.|position_ids$|token_type_ids$"
              + "|num_batches_tracked$)");

  private BertParts() {}

  /** What stands before one of these names in a checkpoint, or null if none is there. */
  static String prefix(Draft draft, String... anchors) {
    for (String anchor : anchors) {
      for (String name : draft.names()) {
        if (name.equals(anchor) || name.endsWith("." + anchor)) {
          return name.substring(0, name.length() - anchor.length());
        }
      }
    }
    return null;
  }

  /** What stands before the names beside the encoder, whose own prefix ends with {@code bert.}. */
  static String root(String prefix) {
    return prefix.endsWith("bert.") ? prefix.substring(0, prefix.length() - "bert.".length()) : "";
  }

  static void encoder(Draft draft, String prefix) {
    for (String part :
        List.of(
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm",
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm")) {
      String name = "encoder.layer.{n}." + part;
      draft.both(name, prefix + name);
    }
    draft.both("encoder.LayerNorm", prefix + "encoder.LayerNorm");
    draft.both("embeddings.LayerNorm", prefix + "embeddings.LayerNorm");
    draft.pass(NOT_NEEDED);
  }

  /**
   * The pooler, if the head reads it: it does in the classification models that have one. Where the
   * head came from elsewhere, the user must say.
   */
  static void pooler(Draft draft, String prefix) {
    String name = prefix + "pooler.dense";
    Object pooling = draft.options().config().getOrDefault("pooling", "cls");
    if (!draft.has(name + ".weight")) {
      if (pooling.equals("cls") && readsPooler(draft.options().config().get("architectures"))) {
        draft.askUnlessChecked(
            "pooler",
            false,
            "the head of BertForSequenceClassification reads BERT's pooler, of which there are no"
                + " weights; false if this one reads the CLS row itself");
      }
      return;
    }
    if (!pooling.equals("cls") || Boolean.FALSE.equals(draft.options().config().get("pooler"))) {
      draft.pass(Pattern.compile("^" + Pattern.quote(name) + "\\."));
      return;
    }
    if (draft.options().separateHead()) {
      draft.ask("pooler", "true if the head reads BERT's pooler, false if the CLS row");
    }
    draft.note("pooler", "true (the head reads it; false where the head reads the CLS row itself)");
    draft.both("pooler.dense", name);
    draft.fact("pooler", true);
  }

  private static boolean readsPooler(Object architectures) {
    return architectures instanceof List<?> names
        && names.contains("BertForSequenceClassification");
  }
}
