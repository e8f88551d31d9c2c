package dev.gsig.attribution.path;

import java.io.Serializable;

/**
 * How a method that draws at random draws.
 *
 * @param permutations how many, 2 to 1,000,000
 * @param seed of what is drawn: the same for each patient, whatever the number of threads
 */
public record Sampling(int permutations, long seed) implements Serializable {
  /** 64 permutations, seed 1. */
  public static final Sampling DEFAULT = new Sampling(64, 1);

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if there are too few for a standard error, or too many
   */
  public Sampling {
    if (permutations < 2 || permutations > 1_000_000) {
      throw new IllegalArgumentException(
          "permutations must be 2 to 1000000, but is " + permutations);
    }
  }
}
