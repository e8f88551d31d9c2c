package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** Each row an item of its own, {@code [1, B, d]} to {@code [B, 1, d]}. */
public record SpreadRows() implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    int items = x[0].shape().rows();
    Tensor y = backend.allocate(new Shape(items, 1, x[0].shape().cols()));
    backend.fill(y, 0);
    backend.selectRowsBackward(x[0], new int[items], y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor g = backend.allocate(x[0].shape());
    backend.selectRows(gy, new int[gy.shape().batch()], g);
    slots[0].add(g);
    backend.release(g);
  }
}
