package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Training;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.LinearWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * {@code y = x W^T + b}; rule: {@code gx = gy W}. In training {@code gW = gy^T x} and gb is the sum
 * of the rows of gy.
 */
public record Linear(LinearWeights weights) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape().withCols(weights.outputs()));
    backend.linear(x[0], weights, y);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    backward(backend, weights, gy, slots[0]);
  }

  static void backward(Backend backend, LinearWeights weights, Tensor gy, GradientSlot slot) {
    if (slot.isNeeded()) {
      slot.write((gx, accumulate) -> backend.linearBackward(gy, weights, gx, accumulate));
    }
  }

  @Override
  public boolean hasWeights() {
    return true;
  }

  @Override
  public void backwardWeights(Backend backend, Tensor[] x, Tensor gy, Training training) {
    backwardWeights(backend, weights, x[0], gy, training);
  }

  static void backwardWeights(
      Backend backend, LinearWeights weights, Tensor x, Tensor gy, Training training) {
    training
        .sum(weights, 0, Shape.matrix(weights.outputs(), weights.inputs()))
        .write((gw, accumulate) -> backend.linearWeightGradient(x, gy, gw, accumulate));
    training
        .sum(weights, 1, Shape.matrix(1, weights.outputs()))
        .write((gb, accumulate) -> backend.sumRows(gy, gb, accumulate));
  }
}
