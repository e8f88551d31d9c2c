package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;

/** {@code y = ln(sum x)}; rule: {@code gx = gy / exp(y)}. */
final class ReduceLogSum extends Reduction {
  ReduceLogSum(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v;
    }
    return StrictMath.log(sum);
  }

  @Override
  long reduce(ElementType type, long[] x) {
    long sum = 0;
    for (long v : x) {
      sum += v;
    }
    return (long) StrictMath.log((double) sum);
  }

  @Override
  double slope(double v, double[] x, double y) {
    return 1 / StrictMath.exp(y);
  }
}
