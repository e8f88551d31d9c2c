package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** {@code y = a - b}; rule: {@code ga = gy}, {@code gb = -gy}. */
final class Sub extends Binary {
  Sub(Node node) {
    super(node);
  }

  @Override
  double value(double a, double b) {
    return a - b;
  }

  @Override
  double slopeA(double a, double b, double y) {
    return 1;
  }

  @Override
  double slopeB(double a, double b, double y) {
    return -1;
  }

  @Override
  long value(ElementType type, long a, long b) {
    return a - b;
  }
}
