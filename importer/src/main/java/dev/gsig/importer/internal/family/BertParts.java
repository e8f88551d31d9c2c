package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The parts that all descendants of Hugging Face's BERT name alike. */
final class BertParts {
  // Heads of pre-training, and buffers that PyTorch keeps beside the weights.
  private static final Pattern NOT_NEEDED =
      Pattern.compile(
          "(^|\\.)(cls\\.(predictions|seq_relationship)\\.|position_ids$|token_type_ids$"
              + "|num_batches_tracked$)|^(lm_head|generator_(predictions|lm_head)"
              + "|discriminator_predictions|vocab_(transform|layer_norm|projector))\\.");

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
    passWhatIsNotNeeded(draft);
  }

  /** Heads of pre-training, and buffers. */
  static void passWhatIsNotNeeded(Draft draft) {
    draft.pass(NOT_NEEDED);
  }

  /**
   * A head {@code classifier.dense} and {@code classifier.out_proj} on the CLS row, which passes a
   * pooler over; where the names are not there, what another head reads is asked for.
   *
   * @param activation behind the first of its layers
   */
  static void twoLayerHead(Draft draft, String prefix, String activation) {
    if (!draft.has("classifier.dense.weight") || !draft.has("classifier.out_proj.weight")) {
      pooling(draft, prefix);
      return;
    }
    draft.both("classifier.layers.0", "classifier.dense");
    draft.both("classifier.layers.1", "classifier.out_proj");
    draft.fact("classifier", Map.of("activation", activation));
    draft.fact("pooling", "cls");
    draft.pass(Pattern.compile("^" + Pattern.quote(prefix + "pooler.dense") + "\\."));
  }

  /**
   * What the head reads. Only a class that has a head tells, {@code BertForSequenceClassification}:
   * its head reads the pooler. An encoder does not, and may have a pooler that its head passes
   * over.
   */
  static void pooling(Draft draft, String prefix) {
    String pooler = prefix + "pooler.dense";
    Map<String, Object> given = draft.options().config();
    boolean told = isClassifier(given.get("architectures")) && !draft.options().separateHead();
    Object pooling = given.getOrDefault("pooling", hasGru(draft) ? "bigru" : "cls");
    if (!told && !hasGru(draft) && !Boolean.TRUE.equals(given.get("pooler"))) {
      draft.askUnlessChecked("pooling", "cls", "what the head reads: cls, mean or bigru");
    }
    if (!pooling.equals("cls") || Boolean.FALSE.equals(given.get("pooler"))) {
      draft.pass(Pattern.compile("^" + Pattern.quote(pooler) + "\\."));
    } else if (draft.has(pooler + ".weight")) {
      draft.both("pooler.dense", pooler);
      if (told) {
        draft.fact("pooler", true);
      } else {
        draft.askUnlessChecked(
            "pooler", true, "with pooling=cls: true if through BERT's pooler, false if without it");
      }
    } else if (told) {
      draft.askUnlessChecked(
          "pooler",
          false,
          "the head of BertForSequenceClassification reads BERT's pooler, of which there are no"
              + " weights; false if this one reads the CLS row itself");
    }
  }

  private static boolean isClassifier(Object architectures) {
    return architectures instanceof List<?> names
        && names.contains("BertForSequenceClassification");
  }

  private static boolean hasGru(Draft draft) {
    return draft.targets().containsKey("gru.weight_hh_l0");
  }
}
