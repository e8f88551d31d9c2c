package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = 1 / (1 + exp(-x))}; rule: {@code gx = gy y (1 - y)}. */
final class Sigmoid extends Unary {
  Sigmoid(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return of(x);
  }

  @Override
  double slope(double x, double y) {
    return y * (1 - y);
  }

  /** Of one number, without overflow. */
  static double of(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
  }
}
