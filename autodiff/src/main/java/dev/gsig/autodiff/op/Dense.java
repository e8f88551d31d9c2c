package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Weight;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Tensor;
import java.util.List;

/**
 * {@code y = act(z)} of {@code z = x W^T + b}; rule: {@code gz = gy act'(z)}, then that of {@link
 * Linear}.
 */
public final class Dense implements Operation {
  private final LinearWeights weights;
  private final Activation act;
  private Tensor derivative;

  /** One application. */
  public Dense(LinearWeights weights, Activation act) {
    this.weights = weights;
    this.act = act;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape().withCols(weights.outputs()));
    derivative = backend.allocate(y.shape());
    backend.linear(x[0], weights, act, y, derivative);
    return y;
  }

  @Override
  public Tensor evaluate(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape().withCols(weights.outputs()));
    backend.linear(x[0], weights, act, y, null);
    return y;
  }

  @Override
  public List<Weight> reads() {
    return Linear.reads(weights);
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    // The sweep passes here once: what was saved becomes the gradient of z.
    backend.multiply(derivative, gy, derivative, false);
    Linear.backward(backend, weights, x[0], derivative, slots);
  }

  @Override
  public void release(Backend backend) {
    backend.release(derivative);
  }
}
