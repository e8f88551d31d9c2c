package dev.gsig.importer.internal.family;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Parts of layers that several families store alike. */
final class LayerParts {
  static final String LAYER = "encoder.layer.{n}.";
  private static final List<String> ATTENTION = List.of("query", "key", "value");

  private LayerParts() {}

  /**
   * Cuts one layer for queries, keys and values, which stand in this order.
   *
   * @param source its name without {@code .weight}, with {@code {n}}
   * @param transposed whether it is stored as {@code [in, out]}
   */
  static void queryKeyValue(Draft draft, String source, boolean transposed) {
    for (int i = 0; i < ATTENTION.size(); i++) {
      String target = LAYER + "attention.self." + ATTENTION.get(i);
      String block = "#" + i + "/" + ATTENTION.size();
      draft.map(target + ".weight", source + ".weight" + (transposed ? "^T" : "") + block);
      draft.map(target + ".bias", source + ".bias" + block);
    }
  }

  /** Cuts one layer for what the activation acts on and what its result is multiplied by. */
  static void gate(Draft draft, String source) {
    for (String end : List.of(".weight", ".bias")) {
      draft.map(LAYER + "intermediate.dense" + end, source + end + "#0/2");
      draft.map(LAYER + "intermediate.up" + end, source + end + "#1/2");
    }
  }

  /** A layer that may be stored as {@code [in, out]}. */
  static void linear(Draft draft, String target, String source, boolean transposed) {
    draft.map(LAYER + target + ".weight", source + ".weight" + (transposed ? "^T" : ""));
    draft.map(LAYER + target + ".bias", source + ".bias");
  }

  /** For each layer that was found, whether its window is limited. */
  static List<String> types(Draft draft, IntPredicate isSliding) {
    List<String> types = new ArrayList<>();
    for (int n = 0;
        draft.targets().containsKey("encoder.layer." + n + ".attention.self.query.weight");
        n++) {
      types.add(isSliding.test(n) ? "sliding_attention" : "full_attention");
    }
    return types;
  }
}
