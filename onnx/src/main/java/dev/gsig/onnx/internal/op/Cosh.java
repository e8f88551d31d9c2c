package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = cosh x}; rule: {@code gx = gy sinh x}. */
final class Cosh extends Unary {
  Cosh(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.cosh(x);
  }

  @Override
  double slope(double x, double y) {
    return StrictMath.sinh(x);
  }
}
