package dev.gsig.attribution;

import dev.gsig.ehr.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where an input is in the one vector that a path's inputs make, row-major.
 *
 * @param name of the input
 * @param isRows whether it has a row for each position, else entries
 * @param features names of the entries; empty if they have none
 * @param offset its first number
 * @param rows how many rows are the patient's own; 1 for entries
 * @param cols numbers of a row
 * @param fixed whether it is held along the path: no gradient is taken, and its attribution is 0
 */
record InputSpan(
    String name,
    boolean isRows,
    boolean isOfValues,
    List<String> features,
    int offset,
    int rows,
    int cols,
    boolean fixed) {

  /** The spans of some inputs, one behind the other. */
  static List<InputSpan> of(List<PathInput> inputs, int ownRows, Set<String> fixed) {
    List<InputSpan> spans = new ArrayList<>();
    int offset = 0;
    for (PathInput input : inputs) {
      InputSpan span =
          new InputSpan(
              input.name(),
              input.isRows(),
              input.isOfValues(),
              input.features(),
              offset,
              input.isRows() ? ownRows : 1,
              input.shape().cols(),
              fixed.contains(input.name()));
      spans.add(span);
      offset = span.end();
    }
    return spans;
  }

  /**
   * Where the feature groups of some inputs start, and where the last one ends: each row is a
   * group, each number of a value, and each entry.
   */
  static int[] groupBounds(List<InputSpan> spans) {
    int[] bounds = new int[groupCount(spans) + 1];
    int group = 0;
    for (InputSpan span : spans) {
      for (int j = 1; j <= span.groups(); j++) {
        bounds[++group] = span.offset() + j * span.groupSize();
      }
    }
    return bounds;
  }

  /**
   * Which feature groups of some inputs count for norms: rows, but for those of special tokens and
   * of inputs that are held.
   */
  static boolean[] countedGroups(List<InputSpan> spans, TokenSequence sequence) {
    boolean[] counted = new boolean[groupCount(spans)];
    int group = 0;
    for (InputSpan span : spans) {
      for (int j = 0; j < span.groups(); j++) {
        counted[group++] = span.isRows() && !span.fixed() && !sequence.isSpecial(span.position(j));
      }
    }
    return counted;
  }

  /**
   * Which feature groups of some inputs are removed together: rows of a code over all inputs, and
   * that it has a value; how large the value is, by itself; those of all special tokens; each entry
   * alone.
   */
  static int[] players(List<InputSpan> spans, TokenSequence sequence) {
    int[] players = new int[groupCount(spans)];
    int group = 0;
    for (InputSpan span : spans) {
      for (int j = 0; j < span.groups(); j++) {
        int position = span.position(j);
        boolean special = span.isRows() && sequence.isSpecial(position);
        boolean number = span.isOfValues() && j % span.cols() == 0 && span.hasValue(sequence, j);
        int alone = sequence.maxLength() + group;
        players[group++] = special ? -1 : span.isRows() && !number ? position : alone;
      }
    }
    return players;
  }

  private static int groupCount(List<InputSpan> spans) {
    return spans.stream().mapToInt(InputSpan::groups).sum();
  }

  private int groups() {
    return size() / groupSize();
  }

  /** Numbers of a feature group: a row, but of values, as of entries, each number is one. */
  private int groupSize() {
    return isRows && !isOfValues ? cols : 1;
  }

  /** The position that a feature group of rows is at. */
  private int position(int group) {
    return isOfValues ? group / cols : group;
  }

  private boolean hasValue(TokenSequence sequence, int group) {
    return !Double.isNaN(sequence.value()[position(group)]);
  }

  /** Where the number of the value at a position is. */
  int number(int position) {
    return offset + position * cols;
  }

  int size() {
    return rows * cols;
  }

  /** One past its last number. */
  int end() {
    return offset + size();
  }

  /** What an entry is called. */
  String label(int entry) {
    return features.isEmpty() ? name + "[" + entry + "]" : features.get(entry);
  }
}
