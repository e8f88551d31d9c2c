package dev.gsig.importer;

import dev.gsig.importer.internal.family.Derived;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a layer that joins the embedding inputs reads: all of them side by side, or some, while the
 * others are added behind it. Its number of columns tells only whether it is all.
 */
final class JoinWidths {
  private static final String ADDED = "embedding_join_added";
  private static final String WORDS = "embeddings.word_embeddings.weight";

  private JoinWidths() {}

  /**
   * Asks which are added, where not all fit, and notes in which order the others stand.
   *
   * @param config what is known so far
   * @param weights under the names of the model folder
   * @param questions key to meaning; added to
   * @param notes key to assumption; added to
   */
  static void ask(
      Map<String, Object> config,
      Map<String, Derived> weights,
      Map<String, String> questions,
      Map<String, String> notes) {
    Derived join = weights.get("embeddings.join.weight");
    Derived words = weights.get(WORDS);
    boolean matrices =
        join != null && words != null && join.shape().size() == 2 && words.shape().size() == 2;
    if (!matrices || !(config.get("embedding_inputs") instanceof Map<?, ?> inputs)) {
      return;
    }
    List<String> order = new ArrayList<>(List.of("code"));
    long all = words.shape().get(1);
    for (String input : List.of("position", "visit", "age", "token_type", "time", "value")) {
      boolean apart = config.get(ADDED) instanceof List<?> added && added.contains(input);
      if (inputs.containsKey(input) && !apart) {
        all += width(String.valueOf(inputs.get(input)), weights, input, words.shape().get(1));
        order.add(input);
      }
    }
    if (all != join.shape().get(1) && config.get(ADDED) == null) {
      questions.put(
          ADDED,
          join.from()
              + " reads "
              + join.shape().get(1)
              + " columns, but "
              + String.join(", ", order)
              + " have "
              + all
              + ": those that are added behind it, as a list such as [\"position\"]");
    }
    notes.put("embedding_join", "concatenate (side by side are " + String.join(", ", order) + ")");
    if (config.get("embedding_join_activation") == null) {
      notes.put("embedding_join_activation", "none (behind " + join.from() + ")");
    }
  }

  private static long width(String kind, Map<String, Derived> weights, String input, long words) {
    Derived weight = weights.get("embeddings." + input + "_embeddings.weight");
    if (weight == null || weight.shape().size() != 2) {
      return words; // waves
    }
    return weight.shape().get(List.of("learned", "code_vector").contains(kind) ? 1 : 0);
  }
}
