package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * {@code y = a - b}, axes of length 1 stretched to the other's. Rule: {@code ga = gy}, {@code gb =
 * -gy}, summed over what was stretched.
 */
public record Subtract() implements Operation {
  @Override
  public boolean takes(int arguments) {
    return arguments == 2;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor negative = Scale.times(backend, x[1], -1);
    Tensor y = Add.sum(backend, x[0], negative);
    backend.release(negative);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Broadcast.addTo(slots[0], backend, gy, x[0].shape());
    if (slots[1].isNeeded()) {
      Tensor negative = Scale.times(backend, gy, -1);
      Broadcast.addTo(slots[1], backend, negative, x[1].shape());
      backend.release(negative);
    }
  }
}
