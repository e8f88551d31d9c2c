package dev.gsig.attribution.internal;

import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Similar;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How many patients of a cohort have each tabular value, whether a model reads it or not. */
public final class TabularNames {
  /** So many different names are told apart. */
  public static final int MOST = 1000;

  /** So many are shown. */
  private static final int SHOWN = 5;

  private final Map<String, Long> patients = new TreeMap<>();

  /** No patient was counted. */
  public TabularNames() {}

  /** Counts a patient's values. */
  public void add(Trajectory patient) {
    patient
        .tabular()
        .forEach(
            (name, value) -> {
              if (value != null) {
                add(name, 1);
              }
            });
  }

  /**
   * Counts patients who have a value.
   *
   * @param name of the value
   * @param more so many patients
   */
  public void add(String name, long more) {
    if (patients.size() < MOST || patients.containsKey(name)) {
      patients.merge(name, more, Long::sum);
    }
  }

  /**
   * What may stand for values that no patient has.
   *
   * @param read the names that the model reads
   * @param never those of them that no patient has
   * @return names that the model does not read, with the name that each may be meant for; null if
   *     there are none
   */
  String inPlaceOf(Collection<String> never, Collection<String> read) {
    List<String> unread = patients.keySet().stream().filter(name -> !read.contains(name)).toList();
    if (unread.isEmpty() || never.isEmpty()) {
      return null;
    }
    // Those that look like a missing one come first, then what most patients have.
    return unread.stream()
            .sorted(
                (a, b) -> {
                  int like = Boolean.compare(meant(b, never) != null, meant(a, never) != null);
                  return like != 0 ? like : Long.compare(patients.get(b), patients.get(a));
                })
            .limit(SHOWN)
            .map(name -> Json.quote(name) + isIt(meant(name, never)))
            .collect(Collectors.joining(", "))
        + (unread.size() > SHOWN
            ? ", and " + WarningCounts.count(unread.size() - SHOWN, "other")
            : "");
  }

  private static String isIt(String meant) {
    return meant == null ? "" : " (is it " + Json.quote(meant) + "?)";
  }

  private static String meant(String name, Collection<String> never) {
    return Similar.like(name, never);
  }
}
