package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;
import java.util.Arrays;

/** {@code y = ln(sum exp(x))}, without overflow; rule: {@code gx = gy exp(x - y)}. */
final class ReduceLogSumExp extends Reduction {
  ReduceLogSumExp(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    double most = Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max);
    if (Double.isInfinite(most)) {
      return most;
    }
    return most + StrictMath.log(Arrays.stream(x).map(v -> StrictMath.exp(v - most)).sum());
  }

  @Override
  long reduce(ElementType type, long[] x) {
    return (long) reduce(Arrays.stream(x).asDoubleStream().toArray());
  }

  @Override
  double slope(double v, double[] x, double y) {
    return StrictMath.exp(v - y);
  }
}
