package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = (a + b + ...) / n}; rule: each gets {@code gy / n}. */
final class Mean extends Sum {
  Mean(Node node) {
    super(node);
  }

  @Override
  double divisor() {
    return count();
  }
}
