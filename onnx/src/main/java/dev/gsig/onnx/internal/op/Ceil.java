package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** The next whole number above. Steps have no gradient. */
final class Ceil extends Unary {
  Ceil(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return Math.ceil(x);
  }

  @Override
  public boolean passes(int input) {
    return false;
  }
}
