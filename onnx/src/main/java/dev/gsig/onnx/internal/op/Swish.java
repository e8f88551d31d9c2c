package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code y = x s} with {@code s = sigmoid(alpha x)}; rule: {@code gx = gy (s + alpha x s (1 - s))}.
 */
final class Swish extends Unary {
  private final double alpha;

  Swish(Node node) {
    super(node);
    alpha = node.number("alpha", 1);
  }

  @Override
  double value(double x) {
    return x * Sigmoid.of(alpha * x);
  }

  @Override
  double slope(double x, double y) {
    double s = Sigmoid.of(alpha * x);
    return s + alpha * x * s * (1 - s);
  }
}
