package dev.gsig.autodiff;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.LinearWeights;
import dev.gsig.tensor.Tensor;

/**
 * {@code y = act(z)} of {@code z = x W^T + b} with constant weights; rule: {@code gx = (gy act'(z))
 * W}.
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
  public String name() {
    return "linear + " + act.configName();
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(x[0].shape().withCols(weights.outputs()));
    derivative = backend.allocate(y.shape());
    backend.linear(x[0], weights, act, y, derivative);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    // The sweep passes here once: what was saved becomes the gradient of z.
    backend.multiply(derivative, gy, derivative, false);
    slots[0].write((gx, accumulate) -> backend.linearBackward(derivative, weights, gx, accumulate));
  }

  @Override
  public void release(Backend backend) {
    backend.release(derivative);
  }
}
