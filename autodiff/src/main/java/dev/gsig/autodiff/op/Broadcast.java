package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/**
 * Axes of length 1 stretched to the length that another argument has there, and the gradient of
 * that, sums along the same axes.
 */
final class Broadcast {
  private Broadcast() {}

  /**
   * The shape that both stretch to.
   *
   * @throws IllegalArgumentException if an axis has two lengths, neither of them 1
   */
  static Shape common(Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    Shape common = a;
    for (Axis axis : Axis.values()) {
      int p = axis.length(a);
      int q = axis.length(b);
      if (p != q && p != 1 && q != 1) {
        throw new IllegalArgumentException(
            "they have " + p + " and " + q + " along " + axis + ", and neither is 1");
      }
      common = axis.resized(common, Math.max(p, q));
    }
    return common;
  }

  /** {@code x} repeated along its axes of length 1; x itself with another holder if it fits. */
  static Tensor stretch(Backend backend, Tensor x, Shape to) {
    Tensor y = x.retain();
    if (x.shape().rows() != to.rows()) {
      y = product(backend, ones(backend, Shape.matrix(to.rows(), 1)), y, x.shape().batch());
    }
    if (x.shape().cols() != to.cols()) {
      y = product(backend, y, ones(backend, Shape.matrix(1, to.cols())), x.shape().batch());
    }
    if (x.shape().batch() != to.batch()) {
      Tensor items = backend.allocate(to);
      backend.fill(items, 0);
      backend.add(items, y, items);
      backend.release(y);
      y = items;
    }
    return y;
  }

  /**
   * {@code x} summed along the axes of which {@code to} has 1; x itself with another holder if
   * there is none.
   */
  static Tensor sum(Backend backend, Tensor x, Shape to) {
    Tensor y = x.retain();
    if (x.shape().rows() != to.rows()) {
      y = product(backend, ones(backend, Shape.matrix(1, x.shape().rows())), y, to.batch());
    }
    if (x.shape().cols() != to.cols()) {
      y = product(backend, y, ones(backend, Shape.matrix(x.shape().cols(), 1)), to.batch());
    }
    if (y.shape().batch() != to.batch()) {
      Tensor sum = backend.allocate(to);
      backend.fill(sum, 0);
      double[] weights = new double[y.shape().batch()];
      Arrays.fill(weights, 1);
      backend.addWeighted(y, weights, 0, weights.length, sum);
      backend.release(y);
      y = sum;
    }
    return y;
  }

  /** Adds the gradient of what an argument of this shape was stretched to. */
  static void addTo(GradientSlot slot, Backend backend, Tensor gradient, Shape argument) {
    if (slot.isNeeded()) {
      Tensor g = sum(backend, gradient, argument);
      slot.add(g);
      backend.release(g);
    }
  }

  /** {@code a b}; releases both. */
  private static Tensor product(Backend backend, Tensor a, Tensor b, int batch) {
    Tensor y = backend.allocate(new Shape(batch, a.shape().rows(), b.shape().cols()));
    backend.matmul(a, false, b, false, y, false);
    backend.release(a);
    backend.release(b);
    return y;
  }

  private static Tensor ones(Backend backend, Shape shape) {
    Tensor ones = backend.allocate(shape);
    backend.fill(ones, 1);
    return ones;
  }
}
