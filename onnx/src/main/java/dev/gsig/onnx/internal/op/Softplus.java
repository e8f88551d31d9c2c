package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = ln(1 + exp x)}; rule: {@code gx = gy sigmoid(x)}. */
final class Softplus extends Unary {
  Softplus(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return of(x);
  }

  @Override
  double slope(double x, double y) {
    return Sigmoid.of(x);
  }

  /** Of one number, without overflow. */
  static double of(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }
}
