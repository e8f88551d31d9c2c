package dev.gsig.ehr.cohort;

import java.util.Arrays;

/** The days of a patient that have codes, as visits from midnight to a second before midnight. */
record MedsDays(int first, long[] days) {

  /** Places a patient's events on calendar days. */
  static MedsDays place(Records records, int patient, int[] events, Longs times) {
    long[] days =
        Arrays.stream(events)
            .mapToLong(times::get)
            .filter(time -> time != Instants.UNKNOWN)
            .map(Instants::dayOf)
            .sorted()
            .distinct()
            .toArray();
    int first = records.visitPatients.size();
    for (long day : days) {
      records.addVisit(patient, day, Instants.endOfDay(day));
    }
    return new MedsDays(first, days);
  }

  /** The visit of an event, or -1. */
  int find(long time) {
    int day = time == Instants.UNKNOWN ? -1 : Arrays.binarySearch(days, Instants.dayOf(time));
    return day < 0 ? -1 : first + day;
  }
}
