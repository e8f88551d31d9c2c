package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;

/** Two dimensions: the axes before one, and the others; rule: {@code gx = gy}. */
final class Flatten extends Reshaping {
  private final long axis;

  Flatten(Node node) {
    node.takes(1, 1);
    axis = node.integer("axis", 1);
  }

  @Override
  int[] shape(NdArray[] x) {
    int split = axis == x[0].rank() ? x[0].rank() : Shapes.axis(axis, x[0].rank());
    int[] shape = x[0].shape();
    return new int[] {
      Shapes.size(Arrays.copyOf(shape, split)),
      Shapes.size(Arrays.copyOfRange(shape, split, shape.length))
    };
  }
}
