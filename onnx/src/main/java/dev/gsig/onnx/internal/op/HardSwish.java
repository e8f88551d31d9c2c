package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code y = x clip(x / 6 + 1 / 2, 0, 1)}; rule: {@code gx = gy (x / 3 + 1 / 2)} within, {@code gy}
 * above, 0 below.
 */
final class HardSwish extends Unary {
  HardSwish(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return x * Math.max(0, Math.min(1, x / 6 + 0.5));
  }

  @Override
  double slope(double x, double y) {
    return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
  }
}
