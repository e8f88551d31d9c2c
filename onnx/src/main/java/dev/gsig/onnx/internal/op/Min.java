package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** The smallest; rule: {@code gy} goes to the input that is smallest, evenly to equal ones. */
final class Min extends Variadic {
  Min(Node node) {
    super(node);
  }

  @Override
  double both(double a, double b) {
    return Math.min(a, b);
  }

  @Override
  long both(ElementType type, long a, long b) {
    return type.compare(a, b) < 0 ? a : b;
  }

  @Override
  double share(double x, double y) {
    return x == y ? 1 : 0;
  }

  @Override
  double part(double shares) {
    return Math.max(shares, 1);
  }
}
