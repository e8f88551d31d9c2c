package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/** {@code y = ln x}; rule: {@code gx = gy / x}. */
final class Log extends Unary {
  Log(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return StrictMath.log(x);
  }

  @Override
  double slope(double x, double y) {
    return 1 / x;
  }
}
