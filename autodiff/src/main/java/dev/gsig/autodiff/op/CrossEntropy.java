package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/**
 * The mean over the rows of {@code log(sum_v exp(z[m, v])) - z[m, t_m]}, {@code [1, M, V]} to
 * {@code [1, 1, 1]}: the loss of a classifier with logits z. Rule: {@code gz[m, v] = gy
 * (softmax(z[m])[v] - [v = t_m]) / M}.
 */
public final class CrossEntropy implements Operation {
  private final int[] targets;
  private Tensor gradient;

  /**
   * One application.
   *
   * @param targets the class t of each row, from 0 to V - 1
   */
  public CrossEntropy(int... targets) {
    this.targets = targets.clone();
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] z) {
    double[] shares = new double[targets.length];
    Arrays.fill(shares, 1.0 / targets.length);
    Tensor g = backend.allocate(z[0].shape());
    double[] losses = backend.softmaxCrossEntropy(z[0], targets, shares, g);
    gradient = g;
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return backend.upload(Shape.matrix(1, 1), new double[] {sum / losses.length});
  }

  @Override
  public void backward(Backend backend, Tensor[] z, Tensor gy, GradientSlot[] slots) {
    Tensor gz = Multiply.product(backend, gradient, gy);
    slots[0].add(gz);
    backend.release(gz);
  }

  @Override
  public void release(Backend backend) {
    backend.release(gradient);
  }
}
