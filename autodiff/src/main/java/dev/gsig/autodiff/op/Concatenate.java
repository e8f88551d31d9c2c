package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/** Arguments side by side along the features; each receives its own columns of the gradient. */
public final class Concatenate implements Operation {
  /** One application. */
  public Concatenate() {}

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    int cols = 0;
    for (Tensor t : x) {
      cols += t.shape().cols();
    }
    Tensor y = backend.allocate(x[0].shape().withCols(cols));
    int col = 0;
    for (Tensor t : x) {
      backend.copyColumns(t, 0, y, col, t.shape().cols(), false);
      col += t.shape().cols();
    }
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    int col = 0;
    for (int i = 0; i < x.length; i++) {
      int from = col;
      int count = x[i].shape().cols();
      if (slots[i].isNeeded()) {
        slots[i].write((gx, accumulate) -> backend.copyColumns(gy, from, gx, 0, count, accumulate));
      }
      col += count;
    }
  }
}
