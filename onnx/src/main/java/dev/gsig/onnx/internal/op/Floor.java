package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** The next whole number below. Steps have no gradient. */
final class Floor extends Unary {
  Floor(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return Math.floor(x);
  }

  @Override
  public boolean passes(int input) {
    return false;
  }
}
