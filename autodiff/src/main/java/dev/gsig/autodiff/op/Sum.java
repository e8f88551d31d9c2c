package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * The sum along some axes, which have length 1 afterwards; {@code new Sum()} is that of all, {@code
 * [1, 1, 1]}. Rule: gy stretched back along them.
 *
 * @param axes along which; none means all
 */
public record Sum(Axis... axes) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    return Broadcast.sum(backend, x[0], Axis.reduced(x[0].shape(), axes));
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor gx = Broadcast.stretch(backend, gy, x[0].shape());
    slots[0].add(gx);
    backend.release(gx);
  }
}
