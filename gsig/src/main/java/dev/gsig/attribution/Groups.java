package dev.gsig.attribution;

import dev.gsig.ehr.TokenSequence;
import java.util.Arrays;
import java.util.List;

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

  /**
   * Of the inputs of a model: each row is a group, and counts unless it is that of a special token
   * or held fixed; the entries of an input are one that does not count.
   */
  static Groups of(List<InputSpan> spans, TokenSequence sequence) {
    int count = spans.stream().mapToInt(span -> span.isRows() ? span.rows() : 1).sum();
    int[] bounds = new int[count + 1];
    boolean[] counted = new boolean[count];
    int group = 0;
    for (InputSpan span : spans) {
      for (int j = 0; j < (span.isRows() ? span.rows() : 1); j++) {
        counted[group] = span.isRows() && !span.fixed() && !sequence.isSpecial(j);
        bounds[++group] = span.isRows() ? span.offset() + (j + 1) * span.cols() : span.end();
      }
    }
    return new Groups(bounds, counted);
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
