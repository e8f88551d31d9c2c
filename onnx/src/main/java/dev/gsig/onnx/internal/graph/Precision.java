package dev.gsig.onnx.internal.graph;

import dev.gsig.onnx.tensor.NdArray;

/** With how many digits a graph is computed. */
public enum Precision {
  /** Every result is rounded to the type that the graph declares for it. */
  DECLARED,
  /** Results of floating types keep 53 bits, whatever they are declared as. */
  DOUBLE;

  NdArray round(NdArray result) {
    return this == DOUBLE && result.type().isFloating() ? result : result.rounded();
  }
}
