package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = clip(alpha x + beta, 0, 1)}; rule: {@code gx = gy alpha} within. */
final class HardSigmoid extends Unary {
  private final double alpha;
  private final double beta;

  HardSigmoid(Node node) {
    super(node);
    alpha = node.number("alpha", 0.2);
    beta = node.number("beta", 0.5);
  }

  @Override
  double value(double x) {
    return Math.max(0, Math.min(1, alpha * x + beta));
  }

  @Override
  double slope(double x, double y) {
    return y > 0 && y < 1 ? alpha : 0;
  }
}
