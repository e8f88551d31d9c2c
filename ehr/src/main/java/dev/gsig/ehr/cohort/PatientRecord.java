package dev.gsig.ehr.cohort;

import java.util.List;

/**
 * A patient as a source tells of them.
 *
 * @param number which of the source's patients
 * @param id their identifier
 * @param birth their birth, or {@link Instants#UNKNOWN}
 * @param death their death, or {@link Instants#UNKNOWN}
 * @param followUpEnd until when their death would be known
 * @param visits their visits that have codes, by start
 * @param strays their codes that belong to no visit
 */
record PatientRecord(
    int number,
    String id,
    long birth,
    long death,
    long followUpEnd,
    List<VisitRecord> visits,
    int[] strays) {

  /** The visits that are over at a moment, and have a code recorded by then. */
  List<VisitRecord> seen(Moment moment) {
    return visits.stream().filter(visit -> visit.isSeen(moment)).toList();
  }

  int countSeen(Moment moment) {
    int count = 0;
    for (VisitRecord visit : visits) {
      count += visit.isSeen(moment) ? 1 : 0;
    }
    return count;
  }

  /** The end of the last visit that is over; {@link Instants#UNKNOWN} if none is. */
  long lastEnd() {
    return visits.stream()
        .mapToLong(VisitRecord::end)
        .filter(time -> time < Instants.OPEN)
        .max()
        .orElse(Instants.UNKNOWN);
  }
}
