package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** {@code y = a b}; rule: {@code ga = gy b}, {@code gb = gy a}. */
final class Mul extends Binary {
  Mul(Node node) {
    super(node);
  }

  @Override
  double value(double a, double b) {
    return a * b;
  }

  @Override
  double slopeA(double a, double b, double y) {
    return b;
  }

  @Override
  double slopeB(double a, double b, double y) {
    return a;
  }

  @Override
  long value(ElementType type, long a, long b) {
    return a * b;
  }
}
