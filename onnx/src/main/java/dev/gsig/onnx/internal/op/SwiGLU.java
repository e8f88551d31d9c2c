package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code y = a sigmoid(alpha a) b} (Shazeer, 2020); rule: with {@code s} the sigmoid, {@code ga =
 * gy b (s + alpha a s (1 - s))}, {@code gb = gy a s}.
 */
final class SwiGLU extends Binary {
  private final double alpha;

  SwiGLU(Node node) {
    super(node);
    alpha = node.number("alpha", 1);
  }

  @Override
  double value(double a, double b) {
    return a * Sigmoid.of(alpha * a) * b;
  }

  @Override
  double slopeA(double a, double b, double y) {
    double s = Sigmoid.of(alpha * a);
    return b * (s + alpha * a * s * (1 - s));
  }

  @Override
  double slopeB(double a, double b, double y) {
    return a * Sigmoid.of(alpha * a);
  }
}
