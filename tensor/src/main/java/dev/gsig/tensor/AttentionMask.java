package dev.gsig.tensor;

import java.util.Arrays;

/**
 * Which keys the queries of {@link Backend#attention} see. The first {@code lengths[b]} keys of
 * item b are real, the others padding. Beyond that each query can be given a range of keys, its
 * own, and the position at which it stands among them: causal masks, sliding windows and masks of
 * what happened at the same time are such ranges. Immutable; any number of layers can share one.
 */
public final class AttentionMask {
  private final int[] lengths;
  private final int[] positions;
  private final int[] from;
  private final int[] to;

  private AttentionMask(int[] lengths, int[] positions, int[] from, int[] to) {
    this.lengths = lengths.clone();
    this.positions = positions;
    this.from = from;
    this.to = to;
  }

  /**
   * Every query sees all real keys; query i stands at position i.
   *
   * @param lengths real keys of each item
   */
  public static AttentionMask padding(int... lengths) {
    return new AttentionMask(lengths, null, null, null);
  }

  /**
   * Every query sees all real keys.
   *
   * @param lengths real keys of each item
   * @param positions of the queries, those of one item after the other
   */
  public static AttentionMask padding(int[] lengths, int[] positions) {
    return new AttentionMask(lengths, positions.clone(), null, null);
  }

  /**
   * A query at position p sees the real keys of the positions {@code p - before} to {@code p +
   * after}; behind the last of them, where padding is, the last one.
   *
   * @param lengths real keys of each item, from 1 on
   * @param positions of the queries, those of one item after the other
   * @param before how far back it sees; {@link Integer#MAX_VALUE} is to the first key
   * @param after how far ahead it sees; 0 for a causal mask
   */
  public static AttentionMask window(int[] lengths, int[] positions, int before, int after) {
    return of(
        lengths,
        positions,
        r -> Math.max(0, positions[r] - before),
        r -> (int) Math.min(Integer.MAX_VALUE, (long) positions[r] + after + 1));
  }

  /**
   * A query at position p sees the keys up to p whose time is not its own; the one at p, where
   * there is none.
   *
   * @param lengths real keys of each item, from 1 on
   * @param positions of the queries, those of one item after the other
   * @param queryTimes of the queries, none before that of the key at its position
   * @param keyTimes of the keys, those of one item after the other, ascending in each
   */
  public static AttentionMask otherTimes(
      int[] lengths, int[] positions, double[] queryTimes, double[] keyTimes) {
    int queries = positions.length / lengths.length;
    int keys = keyTimes.length / lengths.length;
    int[] to = new int[positions.length];
    for (int r = 0; r < to.length; r++) {
      int first = r / queries * keys;
      to[r] = Math.min(positions[r] + 1, lengths[r / queries]);
      while (to[r] > 0 && keyTimes[first + to[r] - 1] == queryTimes[r]) {
        to[r]--;
      }
    }
    return of(
        lengths,
        positions,
        r -> to[r] > 0 ? 0 : positions[r],
        r -> to[r] > 0 ? to[r] : positions[r] + 1);
  }

  /**
   * A query sees the real keys of a range of its own; query i stands at position i, or at the last
   * one.
   *
   * @param lengths real keys of each item, from 1 on
   * @param from the first key that each query sees, the queries of one item after the other
   * @param to one past the last; at least one key is seen
   * @throws IllegalArgumentException if the ranges are not as many
   */
  public static AttentionMask ranges(int[] lengths, int[] from, int[] to) {
    if (lengths.length == 0 || from.length != to.length || from.length % lengths.length != 0) {
      throw new IllegalArgumentException(
          from.length + " and " + to.length + " ends of ranges for " + lengths.length + " items");
    }
    int queries = from.length / lengths.length;
    int[] positions = everyRow(lengths.length, queries);
    Arrays.setAll(positions, r -> Math.min(positions[r], lengths[r / queries] - 1));
    return of(lengths, positions, r -> from[r], r -> to[r]);
  }

  /** A number for each query, of all items counted through. */
  private interface PerQuery {
    int of(int query);
  }

  /** Ranges cut to the real keys, at least one of them. */
  private static AttentionMask of(int[] lengths, int[] positions, PerQuery from, PerQuery to) {
    if (lengths.length == 0 || positions.length % lengths.length != 0) {
      throw new IllegalArgumentException(
          positions.length + " positions for " + lengths.length + " items");
    }
    int queries = positions.length / lengths.length;
    int[] first = new int[positions.length];
    int[] end = new int[positions.length];
    for (int r = 0; r < positions.length; r++) {
      int length = lengths[r / queries];
      if (positions[r] < 0) {
        throw new IllegalArgumentException("position " + positions[r] + " is negative");
      }
      first[r] = Math.min(from.of(r), length - 1);
      end[r] = Math.max(first[r] + 1, Math.min(to.of(r), length));
    }
    return new AttentionMask(lengths, positions.clone(), first, end);
  }

  /** Positions of queries where every row is one: 0 to {@code rows - 1}, item after item. */
  public static int[] everyRow(int items, int rows) {
    int[] positions = new int[items * rows];
    Arrays.setAll(positions, r -> r % rows);
    return positions;
  }

  /** Number of items. */
  public int items() {
    return lengths.length;
  }

  /** Real keys of an item. */
  public int length(int item) {
    return lengths[item];
  }

  /** Real keys of each item. */
  public int[] lengths() {
    return lengths.clone();
  }

  /** Whether each query has a range of its own. */
  public boolean isRanged() {
    return from != null;
  }

  /** Whether the queries have positions other than their numbers. */
  public boolean isPlaced() {
    return positions != null;
  }

  /** Queries of all items that have ranges. */
  public int rangedQueries() {
    return isRanged() ? from.length : 0;
  }

  /** This mask with a range for each of so many queries an item. */
  public AttentionMask ranged(int queries) {
    int[] theirs = positions == null ? everyRow(lengths.length, queries) : positions;
    int all = Integer.MAX_VALUE;
    return isRanged() ? this : window(lengths, theirs, all, all);
  }

  /** Number of the first key that a query sees, the queries of all items counted through. */
  public int from(int query) {
    return from[query];
  }

  /** One past the number of the last key that a query sees. */
  public int to(int query) {
    return to[query];
  }

  /** Where a query stands among the keys. */
  public int position(int query) {
    return positions[query];
  }
}
