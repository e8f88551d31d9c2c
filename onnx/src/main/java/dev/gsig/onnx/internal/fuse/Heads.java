package dev.gsig.onnx.internal.fuse;

import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import java.util.Arrays;

/**
 * Where the heads of queries, keys or values lie in the rows and columns that they are a view of:
 * each head some columns, each position a row. Read off the places of the elements, whatever moved
 * them there.
 *
 * @param view the heads
 * @param items how many sequences
 * @param heads of each; a head of keys that serves several queries counts as often
 * @param length positions of each sequence
 * @param size features of each head
 * @param rows of the positions, those of one sequence after the other
 * @param columns where each head begins
 */
record Heads(Active view, int items, int heads, int length, int size, int[] rows, int[] columns) {
  /**
   * Reads heads.
   *
   * @param a {@code [.., positions, features]}, the axes before them those of sequences and heads
   * @param turned whether it is {@code [.., features, positions]}
   * @return the heads; null if it is something else
   */
  static Heads of(Active a, boolean turned) {
    if (a.shape().length < 3) {
      return null;
    }
    int length = turned ? a.width() : a.fromEnd(1);
    int size = turned ? a.fromEnd(1) : a.width();
    int groups = a.size() / (length * size);
    int[] rows = new int[groups * length];
    int[] columns = new int[groups];
    for (int g = 0; g < groups; g++) {
      columns[g] = a.source(g * length * size) % a.cols();
      for (int l = 0; l < length; l++) {
        int start = a.source(g * length * size + (turned ? l : l * size));
        rows[g * length + l] = start / a.cols();
        if (start % a.cols() != columns[g] || columns[g] + size > a.cols()) {
          return null;
        }
        for (int e = 1; e < size; e++) {
          int at = g * length * size + (turned ? e * length + l : l * size + e);
          if (a.source(at) != start + e) {
            return null;
          }
        }
      }
    }
    int heads = 1;
    while (heads < groups && sameRows(rows, length, 0, heads)) {
      heads++;
    }
    if (groups % heads != 0) {
      return null;
    }
    int items = groups / heads;
    int[] own = new int[items * length];
    for (int g = 0; g < groups; g++) {
      int first = g - g % heads;
      if (columns[g] != columns[g % heads] || !sameRows(rows, length, first, g)) {
        return null;
      }
      System.arraycopy(rows, g * length, own, g / heads * length, length);
    }
    return new Heads(a, items, heads, length, size, own, Arrays.copyOf(columns, heads));
  }

  private static boolean sameRows(int[] rows, int length, int g, int h) {
    return Arrays.equals(rows, g * length, (g + 1) * length, rows, h * length, (h + 1) * length);
  }

  /**
   * How many heads share columns.
   *
   * @return 1 where each has its own; 0 where heads are not side by side in order
   */
  int group() {
    int group = 1;
    while (group < heads && columns[group] == columns[0]) {
      group++;
    }
    for (int h = 0; h < heads; h++) {
      if (heads % group != 0 || columns[h] != columns[0] + h / group * size) {
        return 0;
      }
    }
    return group;
  }

  /** How many columns they take. */
  int width() {
    return heads / group() * size;
  }

  /** Whether another one's columns follow at once, in the same rows of the same value. */
  boolean isBefore(Heads other) {
    return view.value() == other.view.value()
        && Arrays.equals(rows, other.rows)
        && other.columns[0] == columns[0] + width();
  }

  /**
   * Their columns.
   *
   * @param count of columns from the first head's on
   * @return {@code [runs * items, length, count]}
   */
  Active tensor(Frame frame, int count) {
    Active part = frame.columns(view, columns[0], count);
    return items == 1 ? frame.rows(part, rows) : frame.grouped(part, items, rows);
  }
}
