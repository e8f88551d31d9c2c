package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;

/**
 * {@code y = x P(x)} with the normal distribution {@code P} (Hendrycks and Gimpel, 2016), or its
 * approximation {@code (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2}; rule: {@code gx = gy (P +
 * x P')}.
 */
final class Gelu extends Unary {
  private static final double CUBIC = 0.044715;
  private static final double SCALE = Math.sqrt(2 / Math.PI);

  private final boolean tanh;

  Gelu(Node node) {
    super(node);
    tanh = node.word("approximate", "none", "tanh").equals("tanh");
  }

  private double share(double x) {
    return tanh
        ? (1 + StrictMath.tanh(SCALE * (x + CUBIC * x * x * x))) / 2
        : (1 + ErrorFunction.erf(x * Math.sqrt(0.5))) / 2;
  }

  @Override
  double value(double x) {
    return x * share(x);
  }

  @Override
  double slope(double x, double y) {
    double p = share(x);
    double density =
        tanh
            ? 2 * p * (1 - p) * SCALE * (1 + 3 * CUBIC * x * x)
            : StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    return p + x * density;
  }
}
