package dev.gsig.tensor.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/** The training primitives of {@link Backend} on the host, in float64 and ascending order. */
public final class HostTraining {
  private HostTraining() {}

  public static void linearWeightGradient(
      Backend backend, Tensor x, Tensor gy, Tensor gw, boolean accumulate) {
    Checks.linearWeightGradient(x, gy, gw);
    int inputs = x.shape().cols();
    int outputs = gy.shape().cols();
    double[] in = backend.download(x);
    double[] g = backend.download(gy);
    double[] sum = start(backend, gw, accumulate);
    for (int r = 0; r < in.length / inputs; r++) {
      for (int o = 0; o < outputs; o++) {
        double up = g[r * outputs + o];
        for (int i = 0; i < inputs; i++) {
          sum[o * inputs + i] += up * in[r * inputs + i];
        }
      }
    }
    backend.write(gw, sum);
  }

  public static void sumRows(Backend backend, Tensor x, Tensor y, boolean accumulate) {
    int d = x.shape().cols();
    Checks.shape("sum of rows", y, Shape.matrix(1, d));
    double[] in = backend.download(x);
    double[] sum = start(backend, y, accumulate);
    for (int i = 0; i < in.length; i++) {
      sum[i % d] += in[i];
    }
    backend.write(y, sum);
  }

  public static double[] softmaxCrossEntropy(
      Backend backend, Tensor logits, int[] targets, double[] weights, Tensor gLogits) {
    Checks.crossEntropy(logits, targets, weights, gLogits);
    int classes = logits.shape().cols();
    double[] z = backend.download(logits);
    double[] losses = new double[targets.length];
    for (int m = 0; m < targets.length; m++) {
      int row = m * classes;
      double target = z[row + targets[m]];
      double max = Arrays.stream(z, row, row + classes).max().orElseThrow();
      double sum = 0;
      for (int v = row; v < row + classes; v++) {
        z[v] = StrictMath.exp(z[v] - max);
        sum += z[v];
      }
      for (int v = row; v < row + classes; v++) {
        z[v] *= weights[m] / sum;
      }
      z[row + targets[m]] -= weights[m];
      losses[m] = max - target + StrictMath.log(sum);
    }
    backend.write(gLogits, z);
    return losses;
  }

  private static double[] start(Backend backend, Tensor y, boolean accumulate) {
    return accumulate ? backend.download(y) : new double[y.shape().size()];
  }
}
