package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = 1 / x}; rule: {@code gx = -gy y^2}. */
final class Reciprocal extends Unary {
  Reciprocal(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return 1 / x;
  }

  @Override
  double slope(double x, double y) {
    return -y * y;
  }
}
