package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * The mean along some axes, which have length 1 afterwards; {@code new Mean()} is that of all,
 * {@code [1, 1, 1]}. Rule: gy, divided by how many are averaged and stretched back along the axes.
 *
 * @param axes along which; none means all
 */
public record Mean(Axis... axes) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor sum = Broadcast.sum(backend, x[0], Axis.reduced(x[0].shape(), axes));
    Tensor y = Scale.times(backend, sum, 1 / averaged(x[0].shape()));
    backend.release(sum);
    return y;
  }

  private double averaged(Shape x) {
    return (double) x.size() / Axis.reduced(x, axes).size();
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor share = Scale.times(backend, gy, 1 / averaged(x[0].shape()));
    Tensor gx = Broadcast.stretch(backend, share, x[0].shape());
    slots[0].add(gx);
    backend.release(gx);
    backend.release(share);
  }
}
