package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = arccos x}; rule: {@code gx = -gy / sqrt(1 - x^2)}. */
final class Acos extends Unary {
  Acos(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.acos(x);
  }

  @Override
  double slope(double x, double y) {
    return -1 / Math.sqrt(1 - x * x);
  }
}
