package dev.gsig.ehr.cohort;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Notices what cannot be so, or is easily overlooked, in the record of a patient. */
final class Oddities {
  private final Map<String, Long> counts = new TreeMap<>();

  private void notice(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** How often each oddity was met, by its name. */
  Map<String, Long> counts() {
    return counts;
  }

  /**
   * Notices each visit that has it.
   *
   * @param patient the patient
   * @param withoutCodes how many visits of theirs have no code
   */
  void look(PatientRecord patient, int withoutCodes) {
    for (int i = 0; i < withoutCodes; i++) {
      notice("visit without a code: taken for none");
    }
    List<VisitRecord> visits = patient.visits();
    long end = Long.MIN_VALUE;
    for (VisitRecord visit : visits) {
      if (visit.start() < end) {
        notice("visit that begins before an earlier one is over: both are kept");
      }
      if (patient.death() != Instants.UNKNOWN && visit.start() > patient.death()) {
        notice("visit that begins after the patient's death: kept");
      }
      end = Math.max(end, visit.end());
    }
    boolean born = patient.birth() != Instants.UNKNOWN;
    if (born && !visits.isEmpty() && patient.birth() > visits.get(0).start()) {
      notice("patient born after their first visit: the age is missing until then");
    }
  }
}
