package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** Rows and columns of each item exchanged, {@code [B, n, m]} to {@code [B, m, n]}; so is gy. */
public record Transpose() implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    return transposed(backend, x[0]);
  }

  private static Tensor transposed(Backend backend, Tensor x) {
    Shape s = x.shape();
    Tensor y = backend.allocate(new Shape(s.batch(), s.cols(), s.rows()));
    backend.transpose(x, y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor gx = transposed(backend, gy);
    slots[0].add(gx);
    backend.release(gx);
  }
}
