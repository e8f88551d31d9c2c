package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/** {@code y = factor x}; rule: {@code gx = factor gy}. */
public record Scale(double factor) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    return times(backend, x[0], factor);
  }

  static Tensor times(Backend backend, Tensor x, double factor) {
    Tensor y = backend.allocate(x.shape());
    backend.fill(y, factor);
    backend.multiply(y, x, y, false);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor gx = times(backend, gy, factor);
    slots[0].add(gx);
    backend.release(gx);
  }
}
