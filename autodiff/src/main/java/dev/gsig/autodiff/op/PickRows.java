package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * Some rows of any items, {@code [B, L, d]} to {@code [1, M, d]}; the other rows get gradient 0.
 *
 * @param positions M numbers {@code b * L + l}
 */
public record PickRows(int[] positions) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(Shape.matrix(positions.length, x[0].shape().cols()));
    backend.pickRows(x[0], positions, y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    slots[0].write(
        (gx, accumulate) -> {
          if (!accumulate) {
            backend.fill(gx, 0);
          }
          backend.pickRowsBackward(gy, positions, gx);
        });
  }
}
