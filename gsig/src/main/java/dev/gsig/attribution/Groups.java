package dev.gsig.attribution;

import java.util.Arrays;

/**
 * What the inputs of a path are grouped into, one group after the other: a norm of an attribution
 * is a sum over the groups that count. The others count for completeness alone.
 *
 * @param bounds where each group starts, ascending from 0, and where the last one ends. Not copied
 * @param counted whether each group counts. Not copied
 */
record Groups(int[] bounds, boolean[] counted) {
  /**
   * Groups of the same width, and one behind them that does not count.
   *
   * @param width of each
   * @param counted one entry for each
   * @param size of all, that one included
   */
  static Groups ofWidth(int width, boolean[] counted, int size) {
    boolean rest = counted.length * width < size;
    int[] bounds = new int[counted.length + (rest ? 2 : 1)];
    for (int j = 0; j <= counted.length; j++) {
      bounds[j] = j * width;
    }
    bounds[bounds.length - 1] = size;
    return new Groups(bounds, Arrays.copyOf(counted, bounds.length - 1));
  }

  /** Number of groups. */
  int count() {
    return counted.length;
  }

  /** First entry of a group. */
  int from(int group) {
    return bounds[group];
  }

  /** One past the last entry of a group. */
  int to(int group) {
    return bounds[group + 1];
  }

  /** Whether a group counts. */
  boolean isCounted(int group) {
    return counted[group];
  }

  /** Number of groups that count. */
  int counting() {
    int count = 0;
    for (boolean c : counted) {
      count += c ? 1 : 0;
    }
    return count;
  }
}
