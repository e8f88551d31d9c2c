package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** Whether both hold. No gradient. */
final class And extends Binary {
  And(Node node) {
    super(node);
  }

  @Override
  long value(ElementType type, long a, long b) {
    return a & b;
  }

  @Override
  public boolean passes(int input) {
    return false;
  }
}
