package dev.gsig.tensor.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/**
 * A backend whose tensors are in the host's memory. What it has no kernel for is computed here, in
 * float64 and ascending order: the reference for the backends that do better.
 */
public interface HostBackend extends Backend {
  @Override
  default void transpose(Tensor x, Tensor y) {
    int rows = x.shape().rows();
    int cols = x.shape().cols();
    double[] in = download(x);
    double[] out = new double[in.length];
    for (int i = 0; i < in.length; i++) {
      int item = i / (rows * cols) * rows * cols;
      out[item + i % cols * rows + i / cols % rows] = in[i];
    }
    write(y, out);
  }

  @Override
  default void softmax(Tensor x, Tensor y) {
    double[] values = download(x);
    int d = x.shape().cols();
    for (int row = 0; row < values.length; row += d) {
      double sum = shift(values, row, row + d);
      for (int c = row; c < row + d; c++) {
        values[c] = StrictMath.exp(values[c]) / sum;
      }
    }
    write(y, values);
  }

  @Override
  default void logSoftmax(Tensor x, Tensor y) {
    double[] values = download(x);
    int d = x.shape().cols();
    for (int row = 0; row < values.length; row += d) {
      double log = StrictMath.log(shift(values, row, row + d));
      for (int c = row; c < row + d; c++) {
        values[c] -= log;
      }
    }
    write(y, values);
  }

  /** Subtracts the largest of some values from each, and returns the sum of their exponentials. */
  private static double shift(double[] z, int from, int to) {
    double max = Arrays.stream(z, from, to).max().orElseThrow();
    double sum = 0;
    for (int i = from; i < to; i++) {
      z[i] -= max;
      sum += StrictMath.exp(z[i]);
    }
    return sum;
  }

  @Override
  default void linearWeightGradient(Tensor x, Tensor gy, Tensor gw, boolean accumulate) {
    int inputs = x.shape().cols();
    int outputs = gy.shape().cols();
    double[] in = download(x);
    double[] g = download(gy);
    double[] sum = start(gw, accumulate);
    for (int r = 0; r < in.length / inputs; r++) {
      for (int o = 0; o < outputs; o++) {
        double up = g[r * outputs + o];
        for (int i = 0; i < inputs; i++) {
          sum[o * inputs + i] += up * in[r * inputs + i];
        }
      }
    }
    write(gw, sum);
  }

  @Override
  default void sumRows(Tensor x, Tensor y, boolean accumulate) {
    int d = x.shape().cols();
    double[] in = download(x);
    double[] sum = start(y, accumulate);
    for (int i = 0; i < in.length; i++) {
      sum[i % d] += in[i];
    }
    write(y, sum);
  }

  @Override
  default double[] softmaxCrossEntropy(
      Tensor logits, int[] targets, double[] weights, Tensor gLogits) {
    int classes = logits.shape().cols();
    double[] z = download(logits);
    double[] losses = new double[targets.length];
    for (int m = 0; m < targets.length; m++) {
      int row = m * classes;
      double sum = shift(z, row, row + classes);
      losses[m] = StrictMath.log(sum) - z[row + targets[m]];
      for (int v = row; v < row + classes; v++) {
        z[v] = StrictMath.exp(z[v]) * (weights[m] / sum);
      }
      z[row + targets[m]] -= weights[m];
    }
    write(gLogits, z);
    return losses;
  }

  private double[] start(Tensor y, boolean accumulate) {
    return accumulate ? download(y) : new double[y.shape().size()];
  }
}
