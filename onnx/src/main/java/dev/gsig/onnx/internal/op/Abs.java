package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = |x|}; rule: {@code gx = gy sign(x)}. */
final class Abs extends Unary {
  Abs(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return Math.abs(x);
  }

  @Override
  double slope(double x, double y) {
    return Math.signum(x);
  }

  @Override
  long value(long x) {
    return Math.abs(x);
  }
}
