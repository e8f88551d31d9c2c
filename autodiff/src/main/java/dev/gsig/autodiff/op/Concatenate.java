package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * Arguments behind one another along an axis; each receives its own part of the gradient.
 *
 * @param axis along which; all other axes are alike
 */
public record Concatenate(Axis axis) implements Operation {
  /** Side by side, along the columns. */
  public Concatenate() {
    this(Axis.COLUMNS);
  }

  @Override
  public boolean takes(int arguments) {
    return arguments > 0;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    int length = 0;
    for (Tensor t : x) {
      if (!axis.resized(t.shape(), 1).equals(axis.resized(x[0].shape(), 1))) {
        throw new IllegalArgumentException("they differ along another axis than " + axis);
      }
      length += axis.length(t.shape());
    }
    Shape whole = axis.resized(x[0].shape(), length);
    Tensor y = backend.allocate(whole);
    backend.fill(y, 0);
    int from = 0;
    for (Tensor t : x) {
      Part.add(backend, t, y, axis, from, true);
      from += axis.length(t.shape());
    }
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    int from = 0;
    for (int i = 0; i < x.length; i++) {
      int first = from;
      slots[i].write((gx, accumulate) -> Part.read(backend, gy, axis, first, gx, accumulate));
      from += axis.length(x[i].shape());
    }
  }
}
