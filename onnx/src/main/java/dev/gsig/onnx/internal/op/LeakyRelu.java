package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code y = x} above zero and {@code alpha x} below; rule: {@code gx = gy}, below {@code gy
 * alpha}.
 */
final class LeakyRelu extends Unary {
  private final double alpha;

  LeakyRelu(Node node) {
    super(node);
    alpha = node.number("alpha", 0.01);
  }

  @Override
  double value(double x) {
    return x < 0 ? alpha * x : x;
  }

  @Override
  double slope(double x, double y) {
    return x < 0 ? alpha : 1;
  }
}
