package dev.gsig.cli;

import dev.gsig.ehr.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts which classes were explained: figures over patients mix them where they are several. */
public final class ExplainedClasses {
  private static final int LISTED = 6;

  private final Map<Integer, Count> counts = new TreeMap<>();

  private record Count(int number, String name, long patients) {}

  /** Nobody was counted. */
  public ExplainedClasses() {}

  /** Counts a patient. */
  void add(int explained, String name) {
    add(explained, name, 1);
  }

  /**
   * Counts patients.
   *
   * @param explained the class that was explained
   * @param name of the class; null if it has none
   * @param patients how many
   */
  public void add(int explained, String name, long patients) {
    counts.merge(
        explained,
        new Count(explained, name, patients),
        (a, b) -> new Count(a.number, a.name, a.patients + b.patients));
  }

  /**
   * What is said where each patient had their own class explained.
   *
   * @param labels the model's
   * @return a line
   */
  public String note(Labels labels) {
    return "note: what is explained is each patient's most probable "
        + (labels.multiLabel() ? "label" : "class")
        + " ("
        + inWords()
        + "); --class CLASS explains one for all";
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
