package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * {@code y = a + b}. Axes of length 1 are stretched to the other's: a bias {@code [1, 1, d]} is
 * added to every row. Rule: {@code ga = gy}, {@code gb = gy}, summed over what was stretched.
 */
public record Add() implements Operation {
  @Override
  public boolean takes(int arguments) {
    return arguments == 2;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    return sum(backend, x[0], x[1]);
  }

  static Tensor sum(Backend backend, Tensor x, Tensor y) {
    Shape shape = Broadcast.common(x.shape(), y.shape());
    Tensor a = Broadcast.stretch(backend, x, shape);
    // the backend itself adds one item to all
    Tensor b = Broadcast.stretch(backend, y, shape.withBatch(y.shape().batch()));
    Tensor sum = backend.allocate(shape);
    backend.add(a, b, sum);
    backend.release(a);
    backend.release(b);
    return sum;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Broadcast.addTo(slots[0], backend, gy, x[0].shape());
    Broadcast.addTo(slots[1], backend, gy, x[1].shape());
  }
}
