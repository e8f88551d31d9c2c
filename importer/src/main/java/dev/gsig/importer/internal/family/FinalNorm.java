package dev.gsig.importer.internal.family;

import java.util.ArrayList;
import java.util.List;

/**
 * A layer norm that stands alone between the encoder and the head. It acts on every position before
 * the pooling, or on the pooled vector behind it; for the CLS row that is the same.
 */
final class FinalNorm {
  private static final String WEIGHT = ".weight";
  private static final String ENCODER = "encoder.LayerNorm";
  private static final String POOLED = "pooled.LayerNorm";

  private FinalNorm() {}

  /** Maps the only such norm that is left, if there is one. */
  static void find(Draft draft) {
    List<String> norms = new ArrayList<>();
    for (String name : draft.unused()) {
      if (name.endsWith(WEIGHT) && isNorm(draft, name)) {
        norms.add(name.substring(0, name.length() - WEIGHT.length()));
      }
    }
    if (norms.size() != 1
        || draft.targets().containsKey(ENCODER + WEIGHT)
        || draft.targets().containsKey(POOLED + WEIGHT)) {
      return;
    }
    String norm = norms.get(0);
    String where = place(draft, norm);
    if (where != null) {
      draft.both(where.equals("pooled") ? POOLED : ENCODER, norm);
    }
  }

  private static String place(Draft draft, String norm) {
    if (draft.options().how().containsKey("norm")) {
      return draft.options().word("norm", List.of("encoder", "pooled"));
    }
    Derived head = draft.targets().get("classifier.layers.0.weight");
    if (head != null && isFirstOf(Wrappers.without(head.from()), norm)) {
      return "pooled";
    }
    Object pooling = draft.options().config().getOrDefault("pooling", draft.facts().get("pooling"));
    if (!"cls".equals(pooling)) {
      draft.askUnlessChecked(
          "import.norm",
          "encoder",
          norm
              + " acts on every position before the pooling: encoder; on the pooled vector: pooled");
    } else {
      draft.note("import.norm", "encoder (" + norm + " behind the encoder)");
    }
    return "encoder";
  }

  /** Whether a norm stands in front of the first linear layer of the head's own Sequential. */
  private static boolean isFirstOf(String weight, String norm) {
    String layer = weight.replaceFirst("\\.weight$", "");
    return !Chain.sequential(norm).equals(norm)
        && Chain.sequential(layer).equals(Chain.sequential(norm))
        && Chain.number(norm) + 1 == Chain.number(layer);
  }

  /** Whether a weight is of a layer norm. */
  static boolean isNorm(Draft draft, String weight) {
    String name = weight.substring(0, weight.length() - WEIGHT.length());
    return draft.shape(weight).size() == 1
        && draft.has(name + ".bias")
        && draft.shape(name + ".bias").equals(draft.shape(weight))
        && !draft.has(name + ".running_mean");
  }
}
