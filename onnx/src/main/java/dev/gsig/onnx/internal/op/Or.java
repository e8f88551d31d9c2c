package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** Whether one holds. No gradient. */
final class Or extends Binary {
  Or(Node node) {
    super(node);
  }

  @Override
  long value(ElementType type, long a, long b) {
    return a | b;
  }

  @Override
  public boolean passes(int input) {
    return false;
  }
}
