package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;

/** {@code y = x}; rule: {@code gx = gy}. */
final class Identity extends Reshaping {
  Identity(Node node) {
    node.takes(1, 1);
  }

  @Override
  int[] shape(NdArray[] x) {
    return x[0].shape();
  }
}
