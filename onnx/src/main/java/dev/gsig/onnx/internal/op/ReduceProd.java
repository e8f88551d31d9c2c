package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;
import java.util.Arrays;

/** {@code y = x1 x2 ...}; rule: {@code gx = gy} times the product of the others. */
final class ReduceProd extends Reduction {
  ReduceProd(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    return Arrays.stream(x).reduce(1, (a, b) -> a * b);
  }

  @Override
  long reduce(ElementType type, long[] x) {
    return Arrays.stream(x).reduce(1, (a, b) -> a * b);
  }

  /** A zero is the derivative's own factor, not the others'. */
  @Override
  double slope(double v, double[] x, double y) {
    if (v != 0) {
      return y / v;
    }
    boolean isOnly = Arrays.stream(x).filter(other -> other == 0).count() == 1;
    return isOnly ? Arrays.stream(x).filter(other -> other != 0).reduce(1, (a, b) -> a * b) : 0;
  }
}
