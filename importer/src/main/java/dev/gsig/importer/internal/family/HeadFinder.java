package dev.gsig.importer.internal.family;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Finds a head by its shapes: linear layers that are left when everything else is mapped, each
 * reading what the one before it wrote.
 */
final class HeadFinder {
  private static final String WEIGHT = ".weight";

  private HeadFinder() {}

  /** Maps the head, if all linear layers that are left form one chain. */
  static void find(Draft draft) {
    List<String> layers = new ArrayList<>();
    for (String name : draft.unused()) {
      if (name.endsWith(WEIGHT) && isLinear(draft, name)) {
        layers.add(name.substring(0, name.length() - WEIGHT.length()));
      }
    }
    if (!chained(draft, layers)) {
      layers.sort(Comparator.comparing(HeadFinder::sortable));
    }
    if (chained(draft, layers)) {
      for (int n = 0; n < layers.size(); n++) {
        draft.both("classifier.layers." + n, layers.get(n));
      }
    }
  }

  private static boolean isLinear(Draft draft, String name) {
    String bias = name.substring(0, name.length() - WEIGHT.length()) + ".bias";
    return draft.shape(name).size() == 2
        && draft.has(bias)
        && draft.shape(bias).equals(List.of(draft.shape(name).get(0)));
  }

  /** A tabular vector may join in front of any layer, so an input may be wider. */
  private static boolean chained(Draft draft, List<String> layers) {
    for (int n = 1; n < layers.size(); n++) {
      long written = draft.shape(layers.get(n - 1) + WEIGHT).get(0);
      long read = draft.shape(layers.get(n) + WEIGHT).get(1);
      if (read < written) {
        return false;
      }
    }
    return !layers.isEmpty();
  }

  /** Numbers padded, so that layer 10 comes after layer 9. */
  private static String sortable(String name) {
    StringBuilder padded = new StringBuilder();
    for (String part : name.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)", -1)) {
      boolean number = part.matches("\\d{1,9}");
      padded.append(number ? String.format(Locale.ROOT, "%09d", Integer.parseInt(part)) : part);
    }
    return padded.toString();
  }
}
