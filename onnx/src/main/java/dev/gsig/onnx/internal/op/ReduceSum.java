package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** {@code y = sum x}; rule: {@code gx = gy}. */
final class ReduceSum extends Reduction {
  ReduceSum(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v;
    }
    return sum;
  }

  @Override
  long reduce(ElementType type, long[] x) {
    long sum = 0;
    for (long v : x) {
      sum += v;
    }
    return sum;
  }

  @Override
  double slope(double v, double[] x, double y) {
    return 1;
  }
}
