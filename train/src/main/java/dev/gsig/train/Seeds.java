package dev.gsig.train;

import java.util.SplittableRandom;

/** Independent streams of random numbers, each named by where it is used: nothing to be kept. */
final class Seeds {
  private Seeds() {}

  /** The seed for a use, for example (seed, phase, epoch, step). */
  static long of(long seed, long... use) {
    long mixed = new SplittableRandom(seed).nextLong();
    for (long part : use) {
      mixed = new SplittableRandom(mixed ^ new SplittableRandom(part).nextLong()).nextLong();
    }
    return mixed;
  }

  /** A random order of 0..n-1. */
  static int[] permutation(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
