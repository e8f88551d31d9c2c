package dev.gsig.onnx.internal.fuse;

import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import dev.gsig.tensor.AttentionMask;
import java.util.Arrays;

/**
 * A mask that is added to scores, as what a backend knows: for each query a range of keys that it
 * sees, or for all queries of a sequence how many keys are real.
 *
 * @param keys how many keys each sequence has
 * @param from for each query, of all sequences counted through, the first key it sees
 * @param to one past the last
 * @param maskValue what is added for the others; negative infinity removes them
 */
record MaskReader(int keys, int[] from, int[] to, double maskValue) {
  /**
   * Reads a mask.
   *
   * @param mask numbers that broadcast to {@code [.., queries, keys]}; null for none
   * @param q the queries
   * @param keys how many keys there are
   * @return null if it is not the same for all heads, or no range, or adds other numbers to keys
   *     that are seen, or hides all keys from a query
   */
  static MaskReader of(NdArray mask, Heads q, int keys) {
    int queries = q.items() * q.length();
    int[] from = new int[queries];
    int[] to = new int[queries];
    Arrays.fill(to, keys);
    if (mask == null) {
      return new MaskReader(keys, from, to, Double.NEGATIVE_INFINITY);
    }
    int[] scores = q.view().shape().clone();
    scores[scores.length - 1] = keys;
    if (!Arrays.equals(Shapes.broadcast(mask.shape(), scores), scores)) {
      return null;
    }
    // heads that a mask does not tell apart are read once
    int[] place = new int[scores.length];
    int[] strides = Shapes.strides(mask.shape());
    int lead = scores.length - mask.rank();
    for (int i = 0; i < mask.rank(); i++) {
      place[lead + i] = mask.dim(i) == 1 ? 0 : strides[i];
    }
    int[] outer = Arrays.copyOf(scores, scores.length - 2);
    int[] starts = Shapes.walk(outer, Arrays.copyOf(place, outer.length), 0);
    double hidden = Double.NEGATIVE_INFINITY;
    double[] row = new double[keys];
    for (int g = 0; g < starts.length; g++) {
      boolean isKnown = g % q.heads() > 0 && starts[g] == starts[g - 1];
      for (int i = 0; i < q.length() && !isKnown; i++) {
        for (int j = 0; j < keys; j++) {
          row[j] =
              mask.number(starts[g] + i * place[place.length - 2] + j * place[place.length - 1]);
        }
        int[] range = range(row);
        int query = g / q.heads() * q.length() + i;
        boolean isFirst = g % q.heads() == 0;
        if (range == null || (!isFirst && (from[query] != range[0] || to[query] != range[1]))) {
          return null;
        }
        from[query] = range[0];
        to[query] = range[1];
        double value = hidden(row, range);
        if (value > Scores.REMOVED) {
          hidden = hidden == Double.NEGATIVE_INFINITY || hidden == value ? value : Double.NaN;
        }
      }
    }
    return checked(new MaskReader(keys, from, to, hidden), mask, q);
  }

  /** The keys that have the largest number, if they stand side by side; null if not. */
  private static int[] range(double[] row) {
    double most = Arrays.stream(row).max().orElse(Double.NaN);
    int first = 0;
    while (first < row.length && row[first] != most) {
      first++;
    }
    int end = first;
    while (end < row.length && row[end] == most) {
      end++;
    }
    boolean isRange = most > Scores.REMOVED && most < Double.POSITIVE_INFINITY;
    double other = Double.NaN;
    for (int j = 0; j < row.length && isRange; j++) {
      if (j < first || j >= end) {
        double less = row[j] <= Scores.REMOVED ? Double.NEGATIVE_INFINITY : row[j] - most;
        isRange = row[j] < most && (Double.isNaN(other) || other == less);
        other = less;
      }
    }
    return isRange ? new int[] {first, end} : null;
  }

  /** What is added to keys that are not seen, relative to those that are. */
  private static double hidden(double[] row, int[] range) {
    int outside = range[0] > 0 ? 0 : range[1];
    boolean isRemoved = outside >= row.length || row[outside] <= Scores.REMOVED;
    return isRemoved ? Double.NEGATIVE_INFINITY : row[outside] - row[range[0]];
  }

  private static MaskReader checked(MaskReader read, NdArray mask, Heads q) {
    if (Double.isNaN(read.maskValue)) {
      return null;
    }
    boolean isFinite = read.maskValue != Double.NEGATIVE_INFINITY;
    boolean mixes = isFinite && Arrays.stream(mask.doubles()).anyMatch(v -> v <= Scores.REMOVED);
    return isFinite && (mixes || !read.isPadding(q.length())) ? null : read;
  }

  /** Whether all queries of a sequence see the same keys, from the first on. */
  private boolean isPadding(int queries) {
    for (int i = 0; i < from.length; i++) {
      if (from[i] != 0 || to[i] != to[i - i % queries]) {
        return false;
      }
    }
    return true;
  }

  /**
   * The mask for a backend.
   *
   * @param runs how many
   * @param items sequences of each
   * @param some the queries, if not all are asked for; there is one sequence then
   */
  AttentionMask of(int runs, int items, int[] some) {
    if (some != null) {
      int[] first = Arrays.stream(some).map(r -> from[r]).toArray();
      int[] end = Arrays.stream(some).map(r -> to[r]).toArray();
      return new MaskReader(keys, first, end, maskValue).of(runs, items, null);
    }
    int queries = from.length / items;
    if (isPadding(queries)) {
      int[] lengths = new int[runs * items];
      Arrays.setAll(lengths, b -> to[b % items * queries]);
      return AttentionMask.padding(lengths);
    }
    int[] lengths = new int[runs * items];
    Arrays.fill(lengths, keys);
    int[] first = new int[runs * from.length];
    int[] end = new int[first.length];
    Arrays.setAll(first, i -> from[i % from.length]);
    Arrays.setAll(end, i -> to[i % to.length]);
    return AttentionMask.ranges(lengths, first, end);
  }
}
