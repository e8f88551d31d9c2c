package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = arcsin x}; rule: {@code gx = gy / sqrt(1 - x^2)}. */
final class Asin extends Unary {
  Asin(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.asin(x);
  }

  @Override
  double slope(double x, double y) {
    return 1 / Math.sqrt(1 - x * x);
  }
}
