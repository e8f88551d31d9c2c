package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import java.util.Arrays;

/**
 * {@code y[c] = exp(x[c]) / sum_j exp(x[j])} along an axis; rule: {@code gx = y (gy - sum_j y[j]
 * gy[j])}.
 */
final class Softmax extends Lanewise {
  Softmax(Node node) {
    super(node);
  }

  @Override
  double[] lane(double[] x) {
    return of(x);
  }

  /** Of one row, without overflow. */
  static double[] of(double[] x) {
    double most = Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max);
    double[] y = new double[x.length];
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      y[i] = StrictMath.exp(x[i] - most);
      sum += y[i];
    }
    for (int i = 0; i < y.length; i++) {
      y[i] /= sum;
    }
    return y;
  }

  @Override
  double[] rule(double[] y, double[] gy) {
    return gradient(y, gy);
  }

  /** The rule for one row. */
  static double[] gradient(double[] y, double[] gy) {
    double inner = 0;
    for (int i = 0; i < y.length; i++) {
      inner += y[i] * gy[i];
    }
    double[] gx = new double[y.length];
    for (int i = 0; i < gx.length; i++) {
      gx[i] = y[i] * (gy[i] - inner);
    }
    return gx;
  }
}
