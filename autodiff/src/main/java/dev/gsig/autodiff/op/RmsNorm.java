package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;

/**
 * Each row divided by its root mean square (Zhang and Sennrich 2019): {@code y = r x} with {@code r
 * = 1 / sqrt(mean(x x) + epsilon)}; a gain is {@link Multiply}'s. Rule: {@code gx = r (gy - y
 * mean(gy y))}.
 */
public final class RmsNorm implements Operation {
  private final double epsilon;
  private Tensor r;
  private Tensor y;

  /**
   * One application.
   *
   * @param epsilon added to the mean square
   */
  public RmsNorm(double epsilon) {
    this.epsilon = epsilon;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor meanSquare = rowMean(backend, x[0], x[0], 1);
    backend.reciprocalRoot(meanSquare, epsilon, meanSquare);
    r = meanSquare;
    y = Multiply.product(backend, x[0], r);
    return y.retain();
  }

  /** {@code factor} times the mean of each row of {@code a b}. */
  private static Tensor rowMean(Backend backend, Tensor a, Tensor b, double factor) {
    Tensor products = Multiply.product(backend, a, b);
    Tensor sum = Broadcast.sum(backend, products, a.shape().withCols(1));
    Tensor mean = Scale.times(backend, sum, factor / a.shape().cols());
    backend.release(products);
    backend.release(sum);
    return mean;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor projection = rowMean(backend, gy, y, -1);
    Tensor along = Multiply.product(backend, y, projection);
    Tensor across = Add.sum(backend, gy, along);
    Tensor gx = Multiply.product(backend, across, r);
    slots[0].add(gx);
    for (Tensor t : new Tensor[] {projection, along, across, gx}) {
      backend.release(t);
    }
  }

  @Override
  public void release(Backend backend) {
    backend.release(r);
    backend.release(y);
  }
}
