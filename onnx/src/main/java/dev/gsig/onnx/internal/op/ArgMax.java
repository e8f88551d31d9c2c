package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** The index of the largest element along an axis. No gradient. */
final class ArgMax extends Extremum {
  ArgMax(Node node) {
    super(node);
  }

  @Override
  boolean isBetter(int order) {
    return order > 0;
  }
}
