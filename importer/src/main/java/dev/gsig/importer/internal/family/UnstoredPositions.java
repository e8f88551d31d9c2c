package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.Map;

/**
 * A model of whose positions no tensor tells: waves that its code computes, rotary positions, a
 * penalty of distances, or none at all.
 */
final class UnstoredPositions {
  private static final String KEY = "positions";

  private UnstoredPositions() {}

  /**
   * Asks what there is, and how long a sequence is, which a table would tell.
   *
   * @param inputs embedding inputs that were found; positions are put in if the user says so
   */
  static void ask(Draft draft, Map<String, Object> inputs) {
    Map<String, Object> given = draft.options().config();
    draft.ask("max_position_embeddings", "the length of a sequence");
    if (given.get("rotary") instanceof Map<?, ?> rotary
        && rotary.get("interleaved") == null
        && !draft.options().checked()) {
      draft.ask(
          "rotary.interleaved",
          "true if neighbouring features turn together, false if those of the two halves of a"
              + " head");
    }
    boolean told =
        given.get("embedding_inputs") != null
            || given.get("rotary") != null
            || Boolean.TRUE.equals(given.get("alibi"));
    if (told) {
      return;
    }
    draft.askUnlessChecked(
        "import." + KEY,
        "none",
        "no table of positions is stored: sinusoidal if the code computes sines and cosines side by"
            + " side (base 10000), none if it has no positions; or rotary.theta=10000 or alibi=true"
            + " in place of it");
    Object answer = draft.options().how().get(KEY);
    if (answer != null
        && draft.options().word(KEY, List.of("none", "sinusoidal")).equals("sinusoidal")) {
      inputs.put("position", "sinusoidal");
    }
  }
}
