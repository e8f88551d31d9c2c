package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = exp x}; rule: {@code gx = gy y}. */
final class Exp extends Unary {
  Exp(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.exp(x);
  }

  @Override
  double slope(double x, double y) {
    return y;
  }
}
