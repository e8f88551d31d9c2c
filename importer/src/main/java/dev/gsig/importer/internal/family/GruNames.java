package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.List;

/** PyTorch's names of a bidirectional GRU of one layer. */
final class GruNames {
  private static final long GATES = 3;

  private GruNames() {}

  /**
   * Maps the GRU in front of the head, if there is one, and asks what is read of it.
   *
   * @throws InvalidInputException if it goes in one direction, or is another recurrent network
   */
  static void find(Draft draft) {
    List<String> found =
        draft.unused().stream().filter(name -> name.matches("(.*\\.)?weight_hh_l0")).toList();
    if (found.size() != 1
        || !draft.options().config().getOrDefault("pooling", "bigru").equals("bigru")) {
      return; // another's, which is left over
    }
    String prefix = found.get(0).replaceFirst("weight_hh_l0$", "");
    if (!draft.has(found.get(0) + "_reverse")) {
      throw refused(draft, found.get(0), "is of a network that goes in one direction");
    }
    map(draft, prefix);
    draft.ask(
        "gru_read",
        "what the head reads of the GRU: final_states, of both directions, or last_position, its"
            + " output there");
    draft.ask(
        "gru_over",
        "what the GRU runs over: real positions, as where sequences are packed, or all, PAD"
            + " included");
  }

  /**
   * Maps a GRU.
   *
   * @throws InvalidInputException if it is another recurrent network, or has more than one layer
   */
  static void map(Draft draft, String prefix) {
    String hidden = prefix + "weight_hh_l0";
    if (draft.has(hidden) && draft.shape(hidden).size() == 2) {
      List<Long> shape = draft.shape(hidden);
      if (shape.get(0) != GATES * shape.get(1)) {
        throw refused(
            draft, hidden, "is no GRU's, of which it would have three times as many rows");
      }
    }
    if (draft.has(prefix + "weight_hh_l1")) {
      throw refused(draft, prefix + "weight_hh_l1", "is of a second layer");
    }
    for (String end : List.of("", "_reverse")) {
      for (String part : List.of("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")) {
        draft.map("gru." + part + end, prefix + part + end);
      }
    }
  }

  private static InvalidInputException refused(Draft draft, String name, String why) {
    return new InvalidInputException(
        draft.source()
            + ": "
            + Json.quote(name)
            + " "
            + why
            + "; only a bidirectional GRU of one layer can be explained");
  }
}
