package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import java.util.Arrays;

/**
 * {@code y[c] = x[c] - ln(sum_j exp(x[j]))} along an axis; rule: {@code gx = gy - exp(y) sum_j
 * gy[j]}.
 */
final class LogSoftmax extends Lanewise {
  LogSoftmax(Node node) {
    super(node);
  }

  @Override
  double[] lane(double[] x) {
    double most = Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max);
    double log = StrictMath.log(Arrays.stream(x).map(v -> StrictMath.exp(v - most)).sum());
    return Arrays.stream(x).map(v -> v - most - log).toArray();
  }

  @Override
  double[] rule(double[] y, double[] gy) {
    double sum = Arrays.stream(gy).sum();
    double[] gx = new double[y.length];
    for (int i = 0; i < gx.length; i++) {
      gx[i] = gy[i] - StrictMath.exp(y[i]) * sum;
    }
    return gx;
  }
}
