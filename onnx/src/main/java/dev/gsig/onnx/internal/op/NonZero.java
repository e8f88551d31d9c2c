package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.stream.IntStream;

/** The indices of elements that are not zero, a column each. No gradient. */
final class NonZero implements Operator {
  NonZero(Node node) {
    node.takes(1, 1);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    int[] places = IntStream.range(0, x[0].size()).filter(i -> x[0].number(i) != 0).toArray();
    int[] shape = x[0].shape();
    int[] strides = Shapes.strides(shape);
    long[] y = new long[Shapes.size(shape.length, places.length)];
    for (int axis = 0; axis < shape.length; axis++) {
      for (int i = 0; i < places.length; i++) {
        y[axis * places.length + i] = places[i] / strides[axis] % shape[axis];
      }
    }
    return new NdArray[] {NdArray.of(ElementType.INT64, y, shape.length, places.length)};
  }
}
