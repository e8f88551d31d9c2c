package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = sin x}; rule: {@code gx = gy cos x}. */
final class Sin extends Unary {
  Sin(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.sin(x);
  }

  @Override
  double slope(double x, double y) {
    return StrictMath.cos(x);
  }
}
