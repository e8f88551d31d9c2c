package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = sinh x}; rule: {@code gx = gy cosh x}. */
final class Sinh extends Unary {
  Sinh(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.sinh(x);
  }

  @Override
  double slope(double x, double y) {
    return StrictMath.cosh(x);
  }
}
