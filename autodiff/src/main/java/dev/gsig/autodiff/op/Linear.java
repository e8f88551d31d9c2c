package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Weight;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Tensor;
import java.util.List;

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
  public List<Weight> reads() {
    return reads(weights);
  }

  static List<Weight> reads(LinearWeights weights) {
    return List.of(Weight.matrix(weights), Weight.bias(weights));
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    backward(backend, weights, x[0], gy, slots);
  }

  static void backward(
      Backend backend, LinearWeights weights, Tensor x, Tensor gy, GradientSlot[] slots) {
    slots[0].write((gx, accumulate) -> backend.linearBackward(gy, weights, gx, accumulate));
    if (slots.length > 1) {
      slots[1].write((gw, accumulate) -> backend.linearWeightGradient(x, gy, gw, accumulate));
      slots[2].write((gb, accumulate) -> backend.sumRows(gy, gb, accumulate));
    }
  }
}
