package dev.gsig.ehr.cohort;

import java.util.List;

/**
 * A patient as a source tells of him.
 *
 * @param number which of the source's patients
 * @param id his identifier
 * @param birth his birth, or {@link Instants#UNKNOWN}
 * @param death his death, or {@link Instants#UNKNOWN}
 * @param followUpEnd until when his death would be known
 * @param visits his visits that have codes, by start
 * @param strays his codes that belong to no visit
 */
record PatientRecord(
    int number,
    String id,
    long birth,
    long death,
    long followUpEnd,
    List<VisitRecord> visits,
    int[] strays) {

  /** The visits that were over before a moment, and have a code recorded before it. */
  List<VisitRecord> seen(long before) {
    return visits.stream().filter(visit -> visit.isSeen(before)).toList();
  }

  int countSeen(long before) {
    int count = 0;
    for (VisitRecord visit : visits) {
      count += visit.isSeen(before) ? 1 : 0;
    }
    return count;
  }
}
