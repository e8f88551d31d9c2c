package dev.gsig.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts which classes were explained: figures over patients mix them where they are several. */
final class ExplainedClasses {
  private static final int LISTED = 6;

  private final Map<Integer, Count> counts = new TreeMap<>();

  private record Count(int number, String name, long patients) {}

  /**
   * Counts a patient.
   *
   * @param name of the class; null if it has none
   */
  void add(int explained, String name) {
    counts.merge(
        explained,
        new Count(explained, name, 1),
        (a, b) -> new Count(a.number, a.name, a.patients + 1));
  }

  /** Whether not all patients had the same class explained. */
  boolean isMixed() {
    return counts.size() > 1;
  }

  /** For example {@code diabetes 12, ckd 5}, the most frequent first. */
  String inWords() {
    String listed =
        mostFrequentFirst().stream()
            .limit(LISTED)
            .map(count -> Text.escape(label(count)) + " " + count.patients)
            .collect(Collectors.joining(", "));
    int more = counts.size() - LISTED;
    return listed + (more > 0 ? " and " + more + " more" : "");
  }

  private static String label(Count count) {
    return count.name == null ? count.number + ":" : count.name;
  }

  private List<Count> mostFrequentFirst() {
    return counts.values().stream()
        .sorted(Comparator.comparingLong((Count count) -> -count.patients))
        .toList();
  }

  /** As the report's page reads it, the most frequent first. */
  List<Object> json() {
    List<Object> rows = new ArrayList<>();
    for (Count count : mostFrequentFirst()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("class", count.number);
      row.put("name", count.name);
      row.put("patients", count.patients);
      rows.add(row);
    }
    return rows;
  }
}
