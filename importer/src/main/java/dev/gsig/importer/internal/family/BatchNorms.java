package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Batch norms between the linear layers of a {@code torch.nn.Sequential}. Once a model is trained
 * they are {@code s x + t} with {@code s = weight / sqrt(running_var + eps)} and {@code t = bias -
 * s running_mean}, so that a linear layer beside them takes them in.
 */
public final class BatchNorms {
  private static final String MEAN = ".running_mean";
  private static final double EPSILON = 1e-5;
  // Where a linear layer came from, perhaps with a norm in it already.
  private static final Pattern LAYER =
      Pattern.compile("([^ ,#^&]+)\\.weight(, then [^ ]+| behind [^ ]+)*");

  private BatchNorms() {}

  /** Folds every batch norm that stands right beside a mapped linear layer into it. */
  public static void fold(Draft draft) {
    for (String name : draft.unused()) {
      if (name.endsWith(MEAN)) {
        fold(draft, name.substring(0, name.length() - MEAN.length()));
      }
    }
  }

  /**
   * Between two linear layers there is an activation, so that what directly follows one, or stands
   * directly before one, belongs to it. In other places there are more modules between than the
   * names tell, and the norm stays left over.
   */
  private static void fold(Draft draft, String norm) {
    String sequential = Chain.sequential(norm);
    TreeMap<Long, String> layers = new TreeMap<>(); // number in the Sequential to target
    for (Map.Entry<String, Derived> target : Map.copyOf(draft.targets()).entrySet()) {
      Matcher from = LAYER.matcher(Wrappers.without(target.getValue().from()));
      if (target.getKey().endsWith(".weight")
          && target.getValue().shape().size() == 2
          && from.matches()
          && Chain.sequential(from.group(1)).equals(sequential)) {
        layers.put(Chain.number(from.group(1)), target.getKey().replaceFirst("\\.weight$", ""));
      }
    }
    long at = Chain.number(norm);
    boolean alone = sequential.equals(norm);
    if (alone) {
      return;
    }
    if (layers.containsKey(at - 1)) {
      apply(draft, norm, layers.get(at - 1), true);
    } else if (layers.containsKey(at + 1)) {
      apply(draft, norm, layers.get(at + 1), false);
    }
  }

  private static void apply(Draft draft, String norm, String target, boolean behind) {
    Derived weight = draft.targets().get(target + ".weight");
    Derived bias = draft.targets().get(target + ".bias");
    int size = behind ? weight.rows() : weight.columns();
    for (String part : Set.of(MEAN, ".running_var", ".weight", ".bias")) {
      boolean affine = !part.startsWith(".running");
      if (draft.has(norm + part)
          ? !draft.shape(norm + part).equals(List.of((long) size))
          : !affine) {
        return;
      }
    }
    Scaling scaling = Scaling.of(draft, norm, EPSILON);
    draft.pass(Pattern.compile("^" + Pattern.quote(norm) + "\\.num_batches_tracked$"));
    Derived before = bias == null ? Derived.zeros(weight.rows(), "no bias") : bias;
    String how = (behind ? ", then " : " behind ") + norm;
    if (behind) {
      draft.replace(target + ".weight", weight.mapped(how, (v, row, c) -> v * scaling.scale(row)));
      draft.replace(
          target + ".bias",
          before.mapped(how, (v, row, c) -> v * scaling.scale(row) + scaling.shift(row)));
    } else {
      draft.replace(
          target + ".weight", weight.mapped(how, (v, r, column) -> v * scaling.scale(column)));
      draft.replace(target + ".bias", before.plusProduct(how, weight, scaling::shift));
    }
    draft.note(norm, "eps 1e-5 (PyTorch's own; folded into the layer beside it)");
  }
}
