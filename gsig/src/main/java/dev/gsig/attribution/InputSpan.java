package dev.gsig.attribution;

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
