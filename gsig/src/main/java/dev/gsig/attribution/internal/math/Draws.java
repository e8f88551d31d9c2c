package dev.gsig.attribution.internal.math;

import java.util.Random;
import java.util.SplittableRandom;

/** Random numbers that depend on what they are for, not on the order of the work. */
public final class Draws {
  private Draws() {}

  /**
   * The numbers of one purpose. Seeds that are next to each other give numbers that have nothing in
   * common, as those of {@link Random} itself do not.
   *
   * @param purpose a patient, for example
   */
  public static Random of(long seed, String purpose) {
    return new Random(new SplittableRandom(seed * 31 + purpose.hashCode()).nextLong());
  }
}
