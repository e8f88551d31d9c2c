package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** Whether {@code a > b}. No gradient. */
final class Greater extends Comparison {
  Greater(Node node) {
    super(node);
  }

  @Override
  boolean holds(int order) {
    return order > 0;
  }
}
