package dev.gsig.ehr.cohort;

/**
 * The moment that a line of a cohort is about: what may be seen ends there.
 *
 * @param time when it is
 * @param included whether what happens at that very time is seen, too
 */
record Moment(long time, boolean included) {
  /** All that happens before a time, and nothing at it. */
  static Moment before(long time) {
    return new Moment(time, false);
  }

  /** All that happens up to and including a time. */
  static Moment upTo(long time) {
    return new Moment(time, true);
  }

  /** Whether something of a time may be seen; of {@link Instants#UNKNOWN} always. */
  boolean sees(long other) {
    return included ? other <= time : other < time;
  }
}
