package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code y = x} above zero and {@code alpha (exp x - 1)} below; rule: {@code gx = gy}, below {@code
 * gy (y + alpha)}.
 */
final class Elu extends Unary {
  private final double alpha;

  Elu(Node node) {
    super(node);
    alpha = node.number("alpha", 1);
  }

  @Override
  double value(double x) {
    return x > 0 ? x : alpha * StrictMath.expm1(x);
  }

  @Override
  double slope(double x, double y) {
    return x > 0 ? 1 : y + alpha;
  }
}
