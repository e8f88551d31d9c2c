package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = cos x}; rule: {@code gx = -gy sin x}. */
final class Cos extends Unary {
  Cos(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.cos(x);
  }

  @Override
  double slope(double x, double y) {
    return -StrictMath.sin(x);
  }
}
