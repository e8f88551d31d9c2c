package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * Some consecutive items, rows of each item, or columns; rule: gy there, 0 elsewhere.
 *
 * @param axis along which
 * @param from the first
 * @param to one past the last
 */
public record Slice(Axis axis, int from, int to) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Shape whole = x[0].shape();
    if (from < 0 || from >= to || to > axis.length(whole)) {
      throw new IllegalArgumentException(
          "there is nothing from " + from + " to " + to + " along " + axis);
    }
    Tensor y = backend.allocate(axis.resized(whole, to - from));
    Part.read(backend, x[0], axis, from, y, false);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    slots[0].write(
        (gx, accumulate) -> {
          if (!accumulate) {
            backend.fill(gx, 0);
          }
          Part.add(backend, gy, gx, axis, from, !accumulate);
        });
  }
}
