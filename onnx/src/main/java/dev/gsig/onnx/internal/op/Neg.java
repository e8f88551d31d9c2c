package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = -x}; rule: {@code gx = -gy}. */
final class Neg extends Unary {
  Neg(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return -x;
  }

  @Override
  double slope(double x, double y) {
    return -1;
  }

  @Override
  long value(long x) {
    return -x;
  }
}
