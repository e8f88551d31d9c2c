package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * {@code y[c] = x[c] - log(sum_j exp(x[j]))} of each row; rule: {@code gx[c] = gy[c] -
 * softmax(x)[c] sum_j gy[j]}.
 */
public record LogSoftmax() implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape());
    backend.logSoftmax(x[0], y);
    return y;
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
