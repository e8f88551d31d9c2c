package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the logits of a head mean, which its weights do not tell: {@code problem_type}. */
final class HeadMeaning {
  static final String PROBLEM_TYPE = "problem_type";
  private static final String CHOICE =
      "single_label_classification: one of them holds, a softmax; or multi_label_classification: any"
          + " number may hold, a sigmoid each";

  private static final String NEXT = "predicts the next token";

  /** Ends of names that Hugging Face gives to models whose heads score something else. */
  private static final Map<String, String> OTHER_HEADS = new LinkedHashMap<>();

  static {
    OTHER_HEADS.put("ForTokenClassification", "labels every token");
    OTHER_HEADS.put("ForQuestionAnswering", "marks a part of a text");
    OTHER_HEADS.put("ForMaskedLM", "predicts hidden tokens");
    OTHER_HEADS.put("ForPreTraining", "predicts hidden tokens");
    OTHER_HEADS.put("LMHeadModel", NEXT);
    OTHER_HEADS.put("ForCausalLM", NEXT);
    OTHER_HEADS.put("ForNextSentencePrediction", "tells whether one text follows another");
    OTHER_HEADS.put("ForMultipleChoice", "chooses among texts");
  }

  private HeadMeaning() {}

  /**
   * Refuses a Hugging Face model whose head scores something else than whole sequences, where its
   * family has no head that scores the next token.
   *
   * @param config the folder's own
   * @param predictsNext whether the model's family has a head that scores the next token
   * @throws InvalidInputException naming the head
   */
  static void requireSequenceScores(JsonObject config, boolean predictsNext) {
    if (!config.has("architectures")) {
      return;
    }
    for (String architecture : config.strings("architectures")) {
      for (Map.Entry<String, String> head : OTHER_HEADS.entrySet()) {
        boolean next = predictsNext && head.getValue().equals(NEXT);
        if (!next && architecture.endsWith(head.getKey())) {
          throw config.invalid(
              "architectures",
              "is "
                  + Json.quote(architecture)
                  + ", whose head "
                  + head.getValue()
                  + "; what can be explained is the score of a whole sequence: give a head for that"
                  + " with --head FILE, or, if this one is such a head, say what its logits mean with"
                  + " --set problem_type=... ("
                  + CHOICE
                  + ")");
        }
      }
    }
  }

  /**
   * Asks what the labels mean, or notes what is assumed of them, unless it is told.
   *
   * @param config what is known so far
   * @param questions key to meaning; added to
   * @param notes key to assumption; added to
   */
  static void ask(
      Map<String, Object> config, Map<String, String> questions, Map<String, String> notes) {
    boolean counted =
        config.get("classifier") instanceof Map<?, ?> head
            && head.get("num_labels") instanceof Number;
    if (config.get(PROBLEM_TYPE) != null || !counted) {
      return;
    }
    long labels = ((Number) ((Map<?, ?>) config.get("classifier")).get("num_labels")).longValue();
    if (labels > 2) {
      questions.put(PROBLEM_TYPE, "what its " + labels + " labels mean; " + CHOICE);
    } else if (labels == 2) {
      notes.put(PROBLEM_TYPE, "single_label_classification (two labels, a softmax)");
    } else if (config.get("architectures") != null) {
      questions.put(
          PROBLEM_TYPE,
          "Hugging Face takes a model of one label for a regression, which cannot be explained; if"
              + " the label's sigmoid is a probability: single_label_classification");
    } else {
      notes.put(PROBLEM_TYPE, "single_label_classification (one label, a sigmoid)");
    }
  }
}
