package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code y = x tanh(ln(1 + exp x))} (Misra, 2019); rule: with {@code t} the tangent, {@code gx = gy
 * (t + x (1 - t^2) sigmoid(x))}.
 */
final class Mish extends Unary {
  Mish(Node node) {
    super(node);
  }

  @Override
  double value(double x) {
    return x * StrictMath.tanh(Softplus.of(x));
  }

  @Override
  double slope(double x, double y) {
    return slopeAt(x);
  }

  private static double slopeAt(double x) {
    double t = StrictMath.tanh(Softplus.of(x));
    return t + x * (1 - t * t) * Sigmoid.of(x);
  }
}
