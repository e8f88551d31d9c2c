package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * Repeated to a shape, by broadcasting; rule: {@code gx} is the sum of {@code gy} of repetitions.
 */
final class Expand extends Movement {
  Expand(Node node) {
    node.takes(2, 2);
  }

  @Override
  Origin origin(NdArray[] x) {
    int[] shape = Shapes.broadcast(x[0].shape(), Shapes.of(x[1].longs()));
    return new Origin(shape, Broadcast.index(x[0], shape));
  }
}
