package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;
import java.util.Arrays;

/** The largest; rule: {@code gy} goes to it, evenly to equal ones. */
final class ReduceMax extends Reduction {
  ReduceMax(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    return Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max);
  }

  @Override
  long reduce(ElementType type, long[] x) {
    long most = type.wrap(type.isSigned() ? 1L << (type.bits() - 1) : 0);
    for (long v : x) {
      most = type.compare(v, most) > 0 ? v : most;
    }
    return most;
  }

  @Override
  double slope(double v, double[] x, double y) {
    return v != y ? 0 : 1.0 / Arrays.stream(x).filter(other -> other == y).count();
  }
}
