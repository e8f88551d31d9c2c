package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** -1, 0 or 1. Steps have no gradient. */
final class Sign extends Unary {
  Sign(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return Math.signum(x);
  }

  @Override
  long value(long x) {
    return Long.signum(x);
  }

  @Override
  public boolean passes(int input) {
    return false;
  }
}
