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
 */
public record Trajectory(
    String subjectId, List<Visit> visits, Map<String, Double> tabular, Integer label) {
  /** Copies the collections. */
  public Trajectory {
    Objects.requireNonNull(subjectId, "subjectId");
    visits = List.copyOf(visits);
    Map<String, Double> present = new LinkedHashMap<>(tabular);
    present.values().removeIf(Objects::isNull);
    tabular = Collections.unmodifiableMap(present);
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
