package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** {@code y = sum x / n}; rule: {@code gx = gy / n}. */
final class ReduceMean extends Reduction {
  ReduceMean(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v;
    }
    return sum / x.length;
  }

  @Override
  long reduce(ElementType type, long[] x) {
    long sum = 0;
    for (long v : x) {
      sum += v;
    }
    return sum / x.length;
  }

  @Override
  double slope(double v, double[] x, double y) {
    return 1 / (double) x.length;
  }
}
