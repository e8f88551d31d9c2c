package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = tanh x}; rule: {@code gx = gy (1 - y^2)}. */
final class Tanh extends Unary {
  Tanh(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.tanh(x);
  }

  @Override
  double slope(double x, double y) {
    return 1 - y * y;
  }
}
