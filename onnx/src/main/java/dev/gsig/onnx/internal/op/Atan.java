package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = arctan x}; rule: {@code gx = gy / (1 + x^2)}. */
final class Atan extends Unary {
  Atan(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.atan(x);
  }

  @Override
  double slope(double x, double y) {
    return 1 / (1 + x * x);
  }
}
