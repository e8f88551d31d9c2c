package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;

/** Whether an element is infinite, of the signs asked for. No gradient. */
final class IsInf implements Operator {
  private final boolean positive;
  private final boolean negative;

  IsInf(Node node) {
    node.takes(1, 1);
    positive = node.flag("detect_positive", true);
    negative = node.flag("detect_negative", true);
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    long[] y =
        Arrays.stream(x[0].doubles())
            .mapToLong(v -> Double.isInfinite(v) && (v > 0 ? positive : negative) ? 1 : 0)
            .toArray();
    return new NdArray[] {NdArray.of(ElementType.BOOL, y, x[0].shape())};
  }
}
