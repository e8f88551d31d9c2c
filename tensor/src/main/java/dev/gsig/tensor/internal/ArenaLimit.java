package dev.gsig.tensor.internal;

/**
 * How much an arena may hold: an eighth more than was ever in use at the same time. Sequences of
 * many lengths each need pieces of other sizes; kept without a limit they would add up to a
 * multiple of what the longest of them needs. A few MiB are always kept: in an arena that fits the
 * processor's cache, reuse is worth more than memory.
 */
public final class ArenaLimit {
  /** Kept in any case, in bytes. */
  public static final long ALWAYS = 8L << 20;

  private long used;
  private long mostUsed;

  /** An arena of which nothing is in use. */
  public ArenaLimit() {}

  /** The most that the arena may hold once so many more bytes are in use. */
  public long forAnother(long bytes) {
    long most = Math.max(mostUsed, used + bytes);
    return Math.max(ALWAYS, most + most / 8);
  }

  /** So many bytes more are in use. */
  public void take(long bytes) {
    used += bytes;
    mostUsed = Math.max(mostUsed, used);
  }

  /** So many bytes less are in use. */
  public void giveBack(long bytes) {
    used -= bytes;
  }

  /** Bytes in use. */
  public long used() {
    return used;
  }
}
