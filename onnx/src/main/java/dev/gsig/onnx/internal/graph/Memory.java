package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.NdArray;

/** Counts what a run holds, so that it ends with a message before memory does. */
final class Memory {
  private final long most = Runtime.getRuntime().maxMemory() / (2 * Double.BYTES);
  private long held;

  /**
   * Counts a result.
   *
   * @throws InvalidInputException if all of them take half of the memory
   */
  void add(NdArray result) {
    held += result.size();
    if (held > most) {
      throw new InvalidInputException(
          "the values of the graph do not fit into memory; give fewer inputs at once or Java more"
              + " memory (-Xmx)");
    }
  }
}
