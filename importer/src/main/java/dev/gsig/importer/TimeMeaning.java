package dev.gsig.importer;

import dev.gsig.importer.internal.family.Derived;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the number is that a linear layer adds to the embedding. The layer does not tell, and
 * PyTorch's logits do not either: they are computed from the number itself.
 */
final class TimeMeaning {
  static final String LAYER = "embeddings.time_embeddings";
  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put(
        "time_span",
        "what it is: since_previous_visit, since_first_visit, until_last_visit or since_birth; no"
            + " other number can be read");
    QUESTIONS.put(
        "time_unit",
        "its unit: seconds, minutes, hours, days, weeks, months, years, or a number of days");
    QUESTIONS.put("time_transform", "what is done to it then: none, floor, log1p or floor_log1p");
    QUESTIONS.put(
        "time_special_tokens",
        "what CLS, SEP and PAD have: zero, or the time of their visit: visit");
  }

  private TimeMeaning() {}

  /**
   * Asks for what is not told.
   *
   * @param config what is known so far
   * @param weights under the names of the model folder
   * @param questions key to meaning; added to
   */
  static void ask(
      Map<String, Object> config, Map<String, Derived> weights, Map<String, String> questions) {
    boolean reads =
        config.get("embedding_inputs") instanceof Map<?, ?> inputs && inputs.containsKey("time");
    Derived layer = weights.get(LAYER + ".weight");
    QUESTIONS.forEach(
        (key, meaning) -> {
          if (reads && config.get(key) == null) {
            boolean first = key.equals("time_span") && layer != null;
            questions.put(
                key,
                first
                    ? layer.from()
                        + " is a linear layer of one number, which is added to the"
                        + " embedding; "
                        + meaning
                    : meaning);
          }
        });
  }
}
