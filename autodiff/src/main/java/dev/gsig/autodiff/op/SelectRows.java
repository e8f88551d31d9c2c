package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** One row of each item, {@code [B, L, d]} to {@code [1, B, d]}; the other rows get gradient 0. */
public record SelectRows(int[] rows) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(Shape.matrix(x[0].shape().batch(), x[0].shape().cols()));
    backend.selectRows(x[0], rows, y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    slots[0].write(
        (gx, accumulate) -> {
          if (!accumulate) {
            backend.fill(gx, 0);
          }
          backend.selectRowsBackward(gy, rows, gx);
        });
  }
}
