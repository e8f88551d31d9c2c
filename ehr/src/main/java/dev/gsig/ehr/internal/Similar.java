package dev.gsig.ehr.internal;

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

  /**
   * The name that was most likely meant: one that differs in case and punctuation only, begins with
   * the other or is begun by it, or has half of its pairs of letters.
   *
   * @param name as it is spelt
   * @param names that may have been meant
   * @return the nearest; null if none is near
   */
  public static String like(String name, Collection<String> names) {
    String plain = plain(name);
    for (String other : nearest(name, names, names.size())) {
      String otherPlain = plain(other);
      boolean begins =
          Math.min(plain.length(), otherPlain.length()) > 1
              && (plain.startsWith(otherPlain) || otherPlain.startsWith(plain));
      if (plain.equals(otherPlain) || begins || likeness(pairs(plain), pairs(otherPlain)) >= 0.5) {
        return other;
      }
    }
    return null;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
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
