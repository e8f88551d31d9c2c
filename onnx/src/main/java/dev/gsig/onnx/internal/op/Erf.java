package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** The error function {@code y = erf x}; rule: {@code gx = gy 2 / sqrt(pi) exp(-x^2)}. */
final class Erf extends Unary {
  Erf(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return ErrorFunction.erf(x);
  }

  @Override
  double slope(double x, double y) {
    return ErrorFunction.slope(x);
  }
}
