package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Factors on what is added up to the embedding, which weights do not tell: {@code
 * import.position_scale} on the position table, {@code import.sum_scale} on the sum of all, codes
 * included. The tables are multiplied once and for all; a factor on the code embedding alone is the
 * model's {@code embedding_scale}.
 */
public final class Factors {
  private static final String POSITION = "position_scale";
  private static final String SUM = "sum_scale";
  private static final Pattern SUMMANDS =
      Pattern.compile("embeddings\\.[a-z_]+_embeddings\\.(weight|bias)");

  private Factors() {}

  /** Asks for the factor that code often has, and notes that there is no other. */
  static void ask(Draft draft) {
    Derived codes = draft.targets().get("embeddings.word_embeddings.weight");
    String root =
        codes == null || codes.shape().size() != 2
            ? ""
            : ", " + Math.sqrt((double) codes.shape().get(1)) + ",";
    draft.askUnlessChecked(
        "embedding_scale",
        1L,
        "what the code embedding alone is multiplied by: the square root of hidden_size"
            + root
            + " where it is as in PyTorch's tutorial, else 1");
    draft.note("import." + POSITION, "1 (what the position table is multiplied by)");
    draft.note("import." + SUM, "1 (what all that is added up is multiplied by)");
  }

  /**
   * Multiplies the mapped tables.
   *
   * @throws InvalidInputException if there is nothing to multiply, or waves that are no table
   */
  public static void apply(Draft draft) {
    String positions = "embeddings.position_embeddings.weight";
    multiply(draft, POSITION, positions::equals);
    if (draft.options().config().get("embedding_inputs") instanceof Map<?, ?> inputs
        && draft.options().how().containsKey(SUM)
        && inputs.containsValue("sinusoidal")) {
      throw new InvalidInputException(
          "import." + SUM + ": one of embedding_inputs is sinusoidal, no table to be multiplied");
    }
    multiply(draft, SUM, name -> SUMMANDS.matcher(name).matches());
  }

  private static void multiply(Draft draft, String key, Predicate<String> which) {
    double factor = draft.options().factor(key);
    if (factor == 1) {
      return;
    }
    if (draft.targets().keySet().stream().noneMatch(which)) {
      throw draft.options().wrong(key, "left out: the model has no such table");
    }
    for (Map.Entry<String, Derived> target : Map.copyOf(draft.targets()).entrySet()) {
      if (which.test(target.getKey())) {
        Derived scaled =
            target.getValue().mapped(" x " + factor, (value, row, column) -> value * factor);
        draft.replace(target.getKey(), scaled);
      }
    }
  }
}
