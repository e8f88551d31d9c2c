package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.ElementType;
import java.util.Arrays;

/** The smallest; rule: {@code gy} goes to it, evenly to equal ones. */
final class ReduceMin extends Reduction {
  ReduceMin(Node node) {
    super(node);
  }

  @Override
  double reduce(double[] x) {
    return Arrays.stream(x).reduce(Double.POSITIVE_INFINITY, Math::min);
  }

  @Override
  long reduce(ElementType type, long[] x) {
    long least = type.wrap(type.isSigned() ? (1L << (type.bits() - 1)) - 1 : -1);
    for (long v : x) {
      least = type.compare(v, least) < 0 ? v : least;
    }
    return least;
  }

  @Override
  double slope(double v, double[] x, double y) {
    return v != y ? 0 : 1.0 / Arrays.stream(x).filter(other -> other == y).count();
  }
}
