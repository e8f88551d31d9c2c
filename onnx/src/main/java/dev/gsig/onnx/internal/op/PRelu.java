package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code y = x} above zero and {@code s x} below; rule: {@code gx = gy}, below {@code gy s}; {@code
 * gs = gy x} below.
 */
final class PRelu extends Binary {
  PRelu(Node node) {
    super(node);
  }

  @Override
  double value(double a, double b) {
    return a < 0 ? a * b : a;
  }

  @Override
  double slopeA(double a, double b, double y) {
    return a < 0 ? b : 1;
  }

  @Override
  double slopeB(double a, double b, double y) {
    return a < 0 ? a : 0;
  }
}
