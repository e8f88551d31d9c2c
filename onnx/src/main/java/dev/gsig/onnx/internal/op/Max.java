package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** The largest. */
final class Max extends Selection {
  Max(Node node) {
    super(node);
  }

  @Override
  double both(double a, double b) {
    return Math.max(a, b);
  }

  @Override
  long both(ElementType type, long a, long b) {
    return type.compare(a, b) > 0 ? a : b;
  }
}
