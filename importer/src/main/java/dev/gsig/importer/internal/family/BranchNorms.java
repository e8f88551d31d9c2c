package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Layer norms between the layers of the tabular branch or of the head. They depend on each
 * patient's own values, so that no layer can take them in as it does a batch norm. One that
 * directly follows a linear layer of a {@code torch.nn.Sequential} acts before the activation, and
 * stays a part of the model.
 */
final class BranchNorms {
  private static final Pattern LAYER =
      Pattern.compile("(tabular|classifier)\\.layers\\.\\d+\\.weight");
  private static final String WEIGHT = ".weight";

  private BranchNorms() {}

  /**
   * Maps them.
   *
   * @throws InvalidInputException if one stands elsewhere in the branch
   */
  static void find(Draft draft) {
    for (String name : draft.unused()) {
      if (name.endsWith(WEIGHT) && FinalNorm.isNorm(draft, name)) {
        map(draft, name.substring(0, name.length() - WEIGHT.length()));
      }
    }
  }

  private static void map(Draft draft, String norm) {
    String sequential = Chain.sequential(norm);
    boolean inBranch = false;
    for (Map.Entry<String, Derived> target : Map.copyOf(draft.targets()).entrySet()) {
      Matcher layer = LAYER.matcher(target.getKey());
      String from = Wrappers.without(target.getValue().from()).replaceFirst("\\.weight$", "");
      boolean first = target.getKey().equals("classifier.layers.0.weight");
      if (first
          && Chain.sequential(from).equals(sequential)
          && Chain.number(norm) < Chain.number(from)) {
        return; // in front of the head, on the pooled vector
      }
      if (layer.matches()
          && !sequential.equals(norm)
          && Chain.sequential(from).equals(sequential)) {
        inBranch = true;
        if (Chain.number(from) == Chain.number(norm) - 1) {
          draft.both(target.getKey().replaceFirst("weight$", "LayerNorm"), norm);
          draft.note(norm, "before the activation of the layer in front of it");
          return;
        }
      }
    }
    if (inBranch) {
      throw new InvalidInputException(
          draft.source()
              + ": "
              + norm
              + " is a layer norm between the layers of the head or of the tabular branch that does not directly follow one;"
              + " it depends on each patient's values, so that no layer can take it in, and only one"
              + " between a layer and its activation can be read");
    }
  }
}
