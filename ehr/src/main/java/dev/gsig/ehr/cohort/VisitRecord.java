package dev.gsig.ehr.cohort;

/**
 * A visit as a source tells it.
 *
 * @param start its first moment
 * @param end its last one
 * @param codes numbers of its codes in their order. Not modified.
 * @param known from when on each may be seen; {@link Instants#UNKNOWN} for with the visit. Not
 *     modified.
 * @param times when each was recorded, as the source says; {@link Instants#UNKNOWN} for with the
 *     visit. Not modified.
 * @param sources numbers of what the source calls each; null where it has no events of its own. Not
 *     modified.
 * @param values the number measured at each, NaN for none; null where nothing is measured. Not
 *     modified.
 */
record VisitRecord(
    long start, long end, int[] codes, long[] known, long[] times, int[] sources, double[] values) {
  /** Says whether the visit is over at a moment, and a code of it recorded by then. */
  boolean isSeen(Moment moment) {
    if (!moment.sees(start) || !moment.sees(end)) {
      return false;
    }
    for (long time : known) {
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
