package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * {@code p[c] = exp(x[c]) / sum_j exp(x[j])} of each row; rule: {@code gx = p (gy - sum_j p[j]
 * gy[j])}.
 */
public final class Softmax implements Operation {
  private Tensor p;

  /** One application. */
  public Softmax() {}

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    p = backend.allocate(x[0].shape());
    backend.softmax(x[0], p);
    return p.retain();
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor weighted = Multiply.product(backend, p, gy);
    Tensor sum = Broadcast.sum(backend, weighted, gy.shape().withCols(1));
    Tensor negative = Scale.times(backend, sum, -1);
    Tensor centred = Add.sum(backend, gy, negative);
    slots[0].write((gx, accumulate) -> backend.multiply(centred, p, gx, accumulate));
    for (Tensor t : new Tensor[] {weighted, sum, negative, centred}) {
      backend.release(t);
    }
  }

  @Override
  public void release(Backend backend) {
    backend.release(p);
  }
}
