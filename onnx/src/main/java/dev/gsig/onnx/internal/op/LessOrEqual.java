package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** Whether {@code a <= b}. No gradient. */
final class LessOrEqual extends Comparison {
  LessOrEqual(Node node) {
    super(node);
  }

  @Override
  boolean holds(int order) {
    return order <= 0;
  }
}
