package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/** {@code y = act(x)}; rule: {@code gx = gy act'(x)}. */
public final class Activate implements Operation {
  private final Activation act;
  private Tensor derivative;

  /** One application of {@code act}. */
  public Activate(Activation act) {
    this.act = act;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape());
    derivative = backend.allocate(x[0].shape());
    backend.activation(act, x[0], y, derivative);
    return y;
  }

  @Override
  public Tensor evaluate(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape());
    backend.activation(act, x[0], y, null);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    slots[0].write((gx, accumulate) -> backend.multiply(gy, derivative, gx, accumulate));
  }

  @Override
  public void release(Backend backend) {
    backend.release(derivative);
  }
}
