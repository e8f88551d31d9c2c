package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/** The elements in another shape; 0 keeps an extent, -1 is what is left; rule: {@code gx = gy}. */
final class Reshape extends Reshaping {
  private final boolean allowZero;

  Reshape(Node node) {
    node.takes(2, 2);
    allowZero = node.opset() >= 14 && node.flag("allowzero", false);
  }

  @Override
  int[] shape(NdArray[] x) {
    long[] asked = x[1].longs().clone();
    int open = -1;
    for (int i = 0; i < asked.length; i++) {
      if (asked[i] == 0 && !allowZero) {
        asked[i] = x[0].dim(i);
      } else if (asked[i] == -1 && open < 0) {
        open = i;
        asked[i] = 1;
      }
    }
    int[] shape = Shapes.of(asked);
    if (open >= 0) {
      int known = Shapes.size(shape);
      shape[open] = known == 0 ? 0 : x[0].size() / known;
    }
    return shape;
  }
}
