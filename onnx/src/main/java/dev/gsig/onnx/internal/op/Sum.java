package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** {@code y = a + b + ...}; rule: each gets {@code gy}. */
class Sum extends Variadic {
  Sum(Node node) {
    super(node);
  }

  @Override
  double both(double a, double b) {
    return a + b;
  }

  @Override
  long both(ElementType type, long a, long b) {
    throw new InvalidInputException("is not defined for whole numbers");
  }

  @Override
  double share(double x, double y) {
    return 1;
  }
}
