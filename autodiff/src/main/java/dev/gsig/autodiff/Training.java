package dev.gsig.autodiff;

import java.util.SplittableRandom;

/**
 * What makes a {@link Tape} train: its {@link Weight weights} have gradients, and activations are
 * dropped. A tape without it does neither. For one thread.
 */
public final class Training {
  private final double dropout;
  private final SplittableRandom seeds;

  /**
   * Training of one batch.
   *
   * @param dropout share of the activations that are set to 0, from 0 to below 1
   * @param seed decides which
   */
  public Training(double dropout, long seed) {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be from 0 to below 1, but is " + dropout);
    }
    this.dropout = dropout;
    this.seeds = new SplittableRandom(seed);
  }

  /** Share of the activations that are set to 0. */
  public double dropout() {
    return dropout;
  }

  /** A seed for the next operation that draws; the same on every run. */
  public long nextSeed() {
    return seeds.nextLong();
  }
}
