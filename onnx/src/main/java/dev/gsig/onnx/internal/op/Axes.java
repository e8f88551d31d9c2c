package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Axes that an operator takes, by the version an attribute or an input. */
final class Axes {
  private Axes() {}

  /**
   * Reads axes.
   *
   * @param attribute the attribute's value, or null
   * @param x the node's inputs
   * @param input which of them has the axes when the attribute is not given
   * @return the axes as they were written, or null where there are none
   */
  static long[] read(long[] attribute, NdArray[] x, int input) {
    if (attribute != null) {
      return attribute;
    }
    return x.length > input && x[input] != null ? x[input].longs() : null;
  }

  /** Axes from 0, in ascending order, each once. */
  static int[] of(long[] axes, int rank) {
    int[] sorted = Arrays.stream(axes).mapToInt(a -> Shapes.axis(a, rank)).sorted().toArray();
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new InvalidInputException("the axis " + sorted[i] + " is given twice");
      }
    }
    return sorted;
  }

  /** All axes from one on. */
  static int[] from(int first, int rank) {
    return IntStream.range(first, rank).toArray();
  }
}
