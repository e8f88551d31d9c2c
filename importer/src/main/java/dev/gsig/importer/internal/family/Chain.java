package dev.gsig.importer.internal.family;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Linear layers of a checkpoint that are known to act one behind the other: those of one {@code
 * torch.nn.Sequential}, or one alone.
 *
 * @param name of the Sequential, or of the layer
 * @param layers names without {@code .weight}
 * @param inputs width of what the first reads
 * @param outputs width of what the last writes
 */
record Chain(String name, List<String> layers, long inputs, long outputs) {
  private static final String WEIGHT = ".weight";

  /** All chains of layers that are not used so far. */
  static List<Chain> of(Draft draft) {
    Map<String, List<String>> bySequential = new LinkedHashMap<>();
    for (String name : draft.unused()) {
      if (name.endsWith(WEIGHT) && isLinear(draft, name)) {
        String layer = name.substring(0, name.length() - WEIGHT.length());
        bySequential.computeIfAbsent(sequential(layer), s -> new ArrayList<>()).add(layer);
      }
    }
    List<Chain> chains = new ArrayList<>();
    bySequential.forEach(
        (name, layers) -> {
          layers.sort(Comparator.comparingLong(Chain::number));
          if (fit(draft, layers)) {
            chains.add(chain(draft, layers.size() == 1 ? layers.get(0) : name, layers));
          } else {
            layers.forEach(layer -> chains.add(chain(draft, layer, List.of(layer))));
          }
        });
    return chains;
  }

  private static Chain chain(Draft draft, String name, List<String> layers) {
    return new Chain(
        name,
        List.copyOf(layers),
        draft.shape(layers.get(0) + WEIGHT).get(1),
        draft.shape(layers.get(layers.size() - 1) + WEIGHT).get(0));
  }

  /** A matrix, and where there is a bias, one value for each of its rows. */
  private static boolean isLinear(Draft draft, String weight) {
    String bias = weight.substring(0, weight.length() - WEIGHT.length()) + ".bias";
    return draft.shape(weight).size() == 2
        && (!draft.has(bias) || draft.shape(bias).equals(List.of(draft.shape(weight).get(0))));
  }

  private static boolean fit(Draft draft, List<String> layers) {
    for (int n = 1; n < layers.size(); n++) {
      long written = draft.shape(layers.get(n - 1) + WEIGHT).get(0);
      if (draft.shape(layers.get(n) + WEIGHT).get(1) != written) {
        return false;
      }
    }
    return true;
  }

  /** The Sequential that a numbered layer is in; others are on their own. */
  static String sequential(String layer) {
    return layer.matches("(.*\\.)?\\d{1,9}")
        ? layer.substring(0, Math.max(0, layer.lastIndexOf('.')))
        : layer;
  }

  /** The number of a layer in its Sequential; 0 for others. */
  static long number(String layer) {
    String last = layer.substring(layer.lastIndexOf('.') + 1);
    return last.matches("\\d{1,9}") ? Long.parseLong(last) : 0;
  }

  /** For people: the name and the widths. */
  String text() {
    return name + " (" + inputs + " to " + outputs + ")";
  }
}
