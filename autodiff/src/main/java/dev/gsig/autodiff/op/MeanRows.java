package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** Mean of the first rows of each item, {@code [B, L, d]} to {@code [1, B, d]}. */
public record MeanRows(int[] lengths) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(Shape.matrix(x[0].shape().batch(), x[0].shape().cols()));
    backend.meanRows(x[0], lengths, y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor g = backend.allocate(x[0].shape());
    backend.meanRowsBackward(gy, lengths, g);
    slots[0].add(g);
    backend.release(g);
  }
}
