package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * {@code y = a b}, element by element, axes of length 1 stretched to the other's. Rule: {@code ga =
 * gy b}, {@code gb = gy a}, summed over what was stretched.
 */
public record Multiply() implements Operation {
  @Override
  public boolean takes(int arguments) {
    return arguments == 2;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    return product(backend, x[0], x[1]);
  }

  static Tensor product(Backend backend, Tensor x, Tensor y) {
    Shape shape = Broadcast.common(x.shape(), y.shape());
    Tensor a = Broadcast.stretch(backend, x, shape);
    Tensor b = Broadcast.stretch(backend, y, shape);
    Tensor product = backend.allocate(shape);
    backend.multiply(a, b, product, false);
    backend.release(a);
    backend.release(b);
    return product;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    for (int i = 0; i < slots.length; i++) {
      if (slots[i].isNeeded()) {
        Tensor g = product(backend, gy, x[1 - i]);
        Broadcast.addTo(slots[i], backend, g, x[i].shape());
        backend.release(g);
      }
    }
  }
}
