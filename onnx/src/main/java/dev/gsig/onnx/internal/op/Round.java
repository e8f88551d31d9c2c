package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** The nearest whole number, of two the even one. Steps have no gradient. */
final class Round extends Unary {
  Round(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return Math.rint(x);
  }

  @Override
  public boolean passes(int input) {
    return false;
  }
}
