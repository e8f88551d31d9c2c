package dev.gsig.onnx.internal.tape;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * Elements of each run elsewhere, where they do not move as whole rows or columns; on the host.
 * Rule: an element's gradient is the sum of those of its copies.
 */
final class Rearrange implements Operation {
  private final int[] source;
  private final Shape shape;

  /**
   * One application.
   *
   * @param source for each element of a run's result which one of the argument's run it is
   * @param shape of the result of all runs
   */
  Rearrange(int[] source, Shape shape) {
    this.source = source;
    this.shape = shape;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    double[] from = backend.download(x[0]);
    double[] to = new double[shape.size()];
    int runs = to.length / source.length;
    int each = from.length / runs;
    for (int i = 0; i < to.length; i++) {
      to[i] = from[i / source.length * each + source[i % source.length]];
    }
    return backend.upload(shape, to);
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    double[] from = backend.download(gy);
    double[] to = new double[x[0].shape().size()];
    int each = to.length / (from.length / source.length);
    for (int i = 0; i < from.length; i++) {
      to[i / source.length * each + source[i % source.length]] += from[i];
    }
    Tensor g = backend.upload(x[0].shape(), to);
    slots[0].add(g);
    backend.release(g);
  }
}
