package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;

/** Whether an element is no number. No gradient. */
final class IsNaN implements Operator {
  IsNaN(Node node) {
    node.takes(1, 1);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    long[] y = Arrays.stream(x[0].doubles()).mapToLong(v -> Double.isNaN(v) ? 1 : 0).toArray();
    return new NdArray[] {NdArray.of(ElementType.BOOL, y, x[0].shape())};
  }
}
