package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** {@code y = sqrt(sum x^2)}; rule: {@code gx = gy x / y}. */
final class ReduceL2 extends Reduction {
  ReduceL2(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v * v;
    }
    return Math.sqrt(sum);
  }

  @Override
  long reduce(ElementType type, long[] x) {
    long sum = 0;
    for (long v : x) {
      sum += v * v;
    }
    return (long) Math.sqrt((double) sum);
  }

  @Override
  double slope(double v, double[] x, double y) {
    return v / y;
  }
}
