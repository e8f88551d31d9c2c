package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** Whether just one holds. No gradient. */
final class Xor extends Binary {
  Xor(Node node) {
    super(node);
  }

  @Override
  long value(ElementType type, long a, long b) {
    return a ^ b;
  }

  @Override
  public boolean passes(int input) {
    return false;
  }
}
