package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/** One value everywhere. No gradient. */
final class ConstantOfShape implements Operator {
  private final NdArray value;

  ConstantOfShape(Node node) {
    node.takes(1, 1);
    NdArray given = node.tensor("value");
    value = given == null ? NdArray.scalar(ElementType.FLOAT, 0) : given;
    if (value.size() != 1) {
      throw new InvalidInputException("\"value\" is " + value + ", not one number");
    }
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    int[] shape = Shapes.of(x[0].longs());
    return new NdArray[] {value.picked(new int[Shapes.size(shape)], 0, shape)};
  }
}
