package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;

/** With further axes of extent 1, which are counted in the result; rule: {@code gx = gy}. */
final class Unsqueeze extends Reshaping {
  private final long[] axes;

  Unsqueeze(Node node) {
    boolean asInput = node.opset() >= 13;
    node.takes(asInput ? 2 : 1, asInput ? 2 : 1);
    axes = asInput ? null : node.integers("axes");
  }

  @Override
  int[] shape(NdArray[] x) {
    long[] given = Axes.read(axes, x, 1);
    if (given == null) {
      throw new InvalidInputException("the attribute \"axes\" is missing");
    }
    int[] shape = new int[x[0].rank() + given.length];
    for (int axis : Axes.of(given, shape.length)) {
      shape[axis] = 1;
    }
    int from = 0;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] == 1 ? 1 : x[0].dim(from++);
    }
    return shape;
  }
}
