package dev.gsig.ehr;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is known of one patient: the visits in time order and the tabular values. Immutable.
 *
 * @param subjectId the patient's identifier
 * @param visits the visits, oldest first
 * @param tabular raw values by feature name. A missing value is an absent name: null values are
 *     dropped
 * @param label the true class; null if not known
 * @param labels for a multi-label model whether each label holds, 1 or 0; null if not known
 */
public record Trajectory(
    String subjectId,
    List<Visit> visits,
    Map<String, Double> tabular,
    Integer label,
    List<Integer> labels) {
  /** Copies the collections. */
  public Trajectory {
    Objects.requireNonNull(subjectId, "subjectId");
    visits = List.copyOf(visits);
    Map<String, Double> present = new LinkedHashMap<>(tabular);
    present.values().removeIf(Objects::isNull);
    tabular = Collections.unmodifiableMap(present);
    labels = labels == null ? null : List.copyOf(labels);
  }

  /** A patient without the labels of a multi-label model. */
  public Trajectory(
      String subjectId, List<Visit> visits, Map<String, Double> tabular, Integer label) {
    this(subjectId, visits, tabular, label, null);
  }

  /**
   * Says whether any visit has a code.
   *
   * @return whether there is something for a sequence model to read
   */
  public boolean hasCodes() {
    return visits.stream().anyMatch(visit -> !visit.codes().isEmpty());
  }
}
