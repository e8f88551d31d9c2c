package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/** A value of the graph's own. */
final class Constant implements Operator {
  private final NdArray value;

  Constant(Node node) {
    node.takes(0, 0);
    if (node.has("value_float")) {
      value = NdArray.scalar(ElementType.FLOAT, node.number("value_float", 0));
    } else if (node.has("value_int")) {
      value = NdArray.of(ElementType.INT64, new long[] {node.integer("value_int", 0)});
    } else if (node.has("value_floats")) {
      double[] values = node.numbers("value_floats");
      value = NdArray.of(ElementType.FLOAT, values, values.length);
    } else if (node.has("value_ints")) {
      value = NdArray.indices(node.integers("value_ints"));
    } else {
      value = node.tensor("value");
    }
    if (value == null) {
      throw new InvalidInputException("the attribute \"value\" is missing");
    }
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    return new NdArray[] {value};
  }
}
