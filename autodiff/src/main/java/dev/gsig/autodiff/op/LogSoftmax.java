package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/**
 * {@code y[c] = x[c] - log(sum_j exp(x[j]))} of each row, computed on the host in float64; rule:
 * {@code gx[c] = gy[c] - softmax(x)[c] sum_j gy[j]}.
 */
public record LogSoftmax() implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    double[] z = backend.download(x[0]);
    int d = x[0].shape().cols();
    for (int row = 0; row < z.length; row += d) {
      double max = Arrays.stream(z, row, row + d).max().orElseThrow();
      double sum = 0;
      for (int c = row; c < row + d; c++) {
        z[c] -= max;
        sum += StrictMath.exp(z[c]);
      }
      double log = StrictMath.log(sum);
      for (int c = row; c < row + d; c++) {
        z[c] -= log;
      }
    }
    return backend.upload(x[0].shape(), z);
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor sum = Broadcast.sum(backend, gy, gy.shape().withCols(1));
    Tensor negative = Scale.times(backend, sum, -1);
    Tensor p = backend.allocate(gy.shape());
    backend.softmax(x[0], p);
    Tensor rest = Multiply.product(backend, p, negative);
    slots[0].add(gy);
    slots[0].add(rest);
    for (Tensor t : new Tensor[] {sum, negative, p, rest}) {
      backend.release(t);
    }
  }
}
