package dev.gsig.transformer.internal;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * The largest value of each column over the first rows of each item, {@code [B, L, d]} to {@code
 * [1, B, d]}. Rule: gy to the first row that has it.
 */
final class MaxRows implements Operation {
  private final int[] lengths;
  private int[] at;

  /**
   * One application.
   *
   * @param lengths rows of each item, from 1 on
   */
  MaxRows(int[] lengths) {
    this.lengths = lengths.clone();
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Shape shape = x[0].shape();
    double[] in = backend.download(x[0]);
    int columns = shape.cols();
    at = new int[shape.batch() * columns];
    double[] largest = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      int first = i / columns * shape.rows() * columns + i % columns;
      at[i] = first;
      for (int r = 1; r < lengths[i / columns]; r++) {
        int next = first + r * columns;
        at[i] = in[next] > in[at[i]] ? next : at[i];
      }
      largest[i] = in[at[i]];
    }
    return backend.upload(Shape.matrix(shape.batch(), columns), largest);
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    double[] g = backend.download(gy);
    double[] spread = new double[x[0].shape().size()];
    for (int i = 0; i < at.length; i++) {
      spread[at[i]] = g[i];
    }
    Tensor gx = backend.upload(x[0].shape(), spread);
    slots[0].add(gx);
    backend.release(gx);
  }
}
