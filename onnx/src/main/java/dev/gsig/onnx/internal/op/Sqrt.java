package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = sqrt x}; rule: {@code gx = gy / (2 y)}. */
final class Sqrt extends Unary {
  Sqrt(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return Math.sqrt(x);
  }

  @Override
  double slope(double x, double y) {
    return 0.5 / y;
  }
}
