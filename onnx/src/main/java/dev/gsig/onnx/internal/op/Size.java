package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/** How many elements there are. No gradient. */
final class Size implements Operator {
  Size(Node node) {
    node.takes(1, 1);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    return new NdArray[] {NdArray.of(ElementType.INT64, new long[] {x[0].size()})};
  }
}
