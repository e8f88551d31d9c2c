package dev.gsig.ehr.cohort;

/** Numbers other than 0 that were seen, in 11 to 21 bytes each. */
final class LongSet {
  private long[] slots = new long[1 << 10];
  private int size;

  /** Adds a number; says whether it is new. */
  boolean add(long number) {
    int slot = slot(slots, number);
    if (slots[slot] != 0) {
      return false;
    }
    slots[slot] = number;
    size++;
    if (4L * size > 3L * slots.length) {
      long[] larger = new long[2 * slots.length];
      for (long each : slots) {
        if (each != 0) {
          larger[slot(larger, each)] = each;
        }
      }
      slots = larger;
    }
    return true;
  }

  /** Where a number is, or may go. */
  private static int slot(long[] slots, long number) {
    int slot = (int) (number ^ number >>> 32) & (slots.length - 1);
    while (slots[slot] != 0 && slots[slot] != number) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }
}
