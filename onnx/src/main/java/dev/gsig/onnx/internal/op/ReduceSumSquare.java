package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** {@code y = sum x^2}; rule: {@code gx = 2 gy x}. */
final class ReduceSumSquare extends Reduction {
  ReduceSumSquare(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v * v;
    }
    return sum;
  }

  @Override
  long reduce(ElementType type, long[] x) {
    long sum = 0;
    for (long v : x) {
      sum += v * v;
    }
    return sum;
  }

  @Override
  double slope(double v, double[] x, double y) {
    return 2 * v;
  }
}
