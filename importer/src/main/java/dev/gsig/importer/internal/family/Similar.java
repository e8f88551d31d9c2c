package dev.gsig.importer.internal.family;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names that may have been meant. */
public final class Similar {
  private Similar() {}

  /**
   * The names most like one, by the share of pairs of letters that both have (Dice's coefficient).
   *
   * @param most at most so many
   * @return the nearest first
   */
  public static List<String> nearest(String name, Collection<String> names, int most) {
    Set<String> wanted = pairs(name);
    return names.stream()
        .sorted(Comparator.comparingDouble((String other) -> -likeness(wanted, pairs(other))))
        .limit(most)
        .toList();
  }

  private static double likeness(Set<String> a, Set<String> b) {
    long common = a.stream().filter(b::contains).count();
    return 2.0 * common / Math.max(1, a.size() + b.size());
  }

  /** Digits stay with their letters, since layers differ in nothing else. */
  private static Set<String> pairs(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    Set<String> pairs = new HashSet<>();
    for (int i = 0; i + 1 < lower.length(); i++) {
      pairs.add(lower.substring(i, i + 2));
    }
    return pairs;
  }
}
