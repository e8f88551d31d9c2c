package dev.gsig.autodiff;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.LinearWeights;
import dev.gsig.tensor.Tensor;

/** {@code y = x W^T + b} with constant weights; rule: {@code gx = gy W}. */
public record Linear(LinearWeights weights) implements Operation {
  @Override
  public String name() {
    return "linear";
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape().withCols(weights.outputs()));
    backend.linear(x[0], weights, y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    slots[0].write((gx, accumulate) -> backend.linearBackward(gy, weights, gx, accumulate));
  }
}
