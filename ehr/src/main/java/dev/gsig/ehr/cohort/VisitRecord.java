package dev.gsig.ehr.cohort;

/**
 * A visit as a source tells it.
 *
 * @param start its first second
 * @param end its last one
 * @param codes numbers of its codes in their order. Not modified.
 * @param times when each was recorded; {@link Instants#UNKNOWN} for with the visit. Not modified.
 */
record VisitRecord(long start, long end, int[] codes, long[] times) {
  /** Says whether the visit was over, and a code of it recorded, before a moment. */
  boolean isSeen(long before) {
    if (start >= before || end >= before) {
      return false;
    }
    for (long time : times) {
      if (time < before) {
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
