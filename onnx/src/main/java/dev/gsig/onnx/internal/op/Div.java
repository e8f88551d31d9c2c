package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/**
 * {@code y = a / b}, without fraction for whole numbers; rule: {@code ga = gy / b}, {@code gb = -gy
 * y / b}.
 */
final class Div extends Binary {
  Div(Node node) {
    super(node);
  }

  @Override
  double value(double a, double b) {
    return a / b;
  }

  @Override
  double slopeA(double a, double b, double y) {
    return 1 / b;
  }

  @Override
  double slopeB(double a, double b, double y) {
    return -y / b;
  }

  @Override
  long value(ElementType type, long a, long b) {
    return type == ElementType.UINT64 ? Long.divideUnsigned(a, b) : a / b;
  }
}
