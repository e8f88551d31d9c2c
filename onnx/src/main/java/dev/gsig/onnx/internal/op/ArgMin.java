package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** The index of the smallest element along an axis. No gradient. */
final class ArgMin extends Extremum {
  ArgMin(Node node) {
    super(node);
  }

  @Override
  boolean isBetter(int order) {
    return order < 0;
  }
}
