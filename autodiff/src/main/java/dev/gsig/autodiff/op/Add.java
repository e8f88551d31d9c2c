package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * {@code y = a + b}; b may have batch 1 and is then added to every item, in which case it must be a
 * constant.
 */
public final class Add implements Operation {
  private boolean broadcast;

  /** One application. */
  public Add() {}

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    broadcast = !x[0].shape().equals(x[1].shape());
    Tensor y = backend.allocate(x[0].shape());
    backend.add(x[0], x[1], y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    if (slots[0].isNeeded()) {
      slots[0].add(gy);
    }
    if (slots[1].isNeeded()) {
      if (broadcast) {
        throw new IllegalStateException("Add has no gradient rule for a broadcast b");
      }
      slots[1].add(gy);
    }
  }
}
