package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;

/** Indices that are values, and may be counted from the end. */
final class Indices {
  private Indices() {}

  static int within(long index, int n) {
    if (index < -n || index >= n) {
      throw new InvalidInputException("the index " + index + " is not within " + n + " elements");
    }
    return (int) (index < 0 ? index + n : index);
  }
}
