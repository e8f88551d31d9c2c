package dev.gsig.ehr.cohort;

/**
 * A visit as a source tells it.
 *
 * @param start its first moment
 * @param end its last one
 * @param codes numbers of its codes in their order. Not modified.
 * @param times when each was recorded; {@link Instants#UNKNOWN} for with the visit. Not modified.
 * @param sources numbers of what the source calls each; null where it has no events of its own. Not
 *     modified.
 */
record VisitRecord(long start, long end, int[] codes, long[] times, int[] sources) {
  /** Says whether the visit is over at a moment, and a code of it recorded by then. */
  boolean isSeen(Moment moment) {
    if (!moment.sees(start) || !moment.sees(end)) {
      return false;
    }
    for (long time : times) {
      if (moment.sees(time)) {
        return true;
      }
    }
    return false;
  }

  /** Says whether it has one of some codes. */
  boolean hasAny(boolean[] wanted) {
    for (int code : codes) {
      if (wanted[code]) {
        return true;
      }
    }
    return false;
  }
}
