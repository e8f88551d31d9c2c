package dev.gsig.attribution.path;

/**
 * The groups that a path's inputs are divided into, one behind the other: a norm of an attribution
 * is a sum over the groups that count. The others count for completeness alone.
 *
 * @param bounds where each group starts, ascending from 0, and where the last one ends. Not copied
 * @param counted whether each group counts. Not copied
 * @param players number of the player that each group belongs to where groups are removed: those of
 *     one player together. Not copied
 */
record FeatureGroups(int[] bounds, boolean[] counted, int[] players) {
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
