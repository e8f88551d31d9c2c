package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = max(x, 0)}; rule: {@code gx = gy} where {@code x > 0}. */
final class Relu extends Unary {
  Relu(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return x <= 0 ? 0 : x;
  }

  @Override
  double slope(double x, double y) {
    return x > 0 ? 1 : 0;
  }

  @Override
  long value(long x) {
    return Math.max(x, 0);
  }
}
