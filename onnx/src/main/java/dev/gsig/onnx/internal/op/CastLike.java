package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;

/** {@link Cast} to the type of the second input; rule: {@code gx = gy}. */
final class CastLike implements Operator {
  private final boolean saturate;

  CastLike(Node node) {
    node.takes(2, 2);
    saturate = node.opset() < 19 || node.flag("saturate", true);
    if (node.opset() >= 24) {
      node.text("round_mode", "up"); // of FLOAT8E8M0 alone, which is no type here
    }
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    return new NdArray[] {Cast.to(x[1].type(), x[0], saturate)};
  }

  @Override
  public boolean passes(int input) {
    return input == 0;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    flow.give(0, flow.of(0));
  }
}
