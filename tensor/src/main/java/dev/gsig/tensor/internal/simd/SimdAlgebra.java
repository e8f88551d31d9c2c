package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.Shape;
import dev.gsig.tensor.internal.SizeClasses;

/**
 * Products of two tensors on token panels. {@code a b^T} needs no preparation, for the rows of b
 * are lanes as packed weights are; whatever else is asked for is transposed first. The chain of a
 * sum over items goes on from one to the next.
 */
final class SimdAlgebra {
  private final KernelChoice choice;
  private final SizeClasses<float[]> arena;

  SimdAlgebra(KernelChoice choice, SizeClasses<float[]> arena) {
    this.choice = choice;
    this.arena = arena;
  }

  void matmul(
      SimdTensor a,
      boolean transposeA,
      SimdTensor b,
      boolean transposeB,
      SimdTensor y,
      int items,
      boolean accumulate) {
    PanelKernels kernels = choice.kernels();
    SimdTensor left = transposeA ? transposed(a) : a;
    SimdTensor right = transposeB ? b : transposed(b);
    for (int item = 0; item < items; item++) {
      int to = item % y.shape().batch() * y.itemSize();
      boolean onto = accumulate || (item > 0 && y.shape().batch() == 1);
      PanelProduct.times(
          kernels,
          right.shape().rows(),
          right.shape().cols(),
          right.data,
          item % right.shape().batch() * right.itemSize(),
          left.panels(),
          left.data,
          item % left.shape().batch() * left.itemSize(),
          onto ? y.data : PanelProduct.ZEROS,
          onto ? to : 0,
          onto ? LANES : 0,
          onto ? y.panelSize() : 0,
          y.data,
          to,
          null);
    }
    if (transposeA) {
      arena.giveBack(left.data);
    }
    if (!transposeB) {
      arena.giveBack(right.data);
    }
  }

  private SimdTensor transposed(SimdTensor x) {
    Shape shape = new Shape(x.shape().batch(), x.shape().cols(), x.shape().rows());
    SimdTensor y = new SimdTensor(shape, arena.take(SimdTensor.storage(shape)));
    transpose(x, y);
    return y;
  }

  /** {@code y[b, c, r] = x[b, r, c]}. */
  static void transpose(SimdTensor x, SimdTensor y) {
    for (int b = 0; b < x.shape().batch(); b++) {
      for (int c = 0; c < x.shape().cols(); c++) {
        int to = y.row(b, c);
        for (int r = 0; r < x.shape().rows(); r++) {
          y.data[to + r * LANES] = x.data[x.row(b, r) + c * LANES];
        }
      }
    }
  }

  /** Softmax of each row. */
  void softmax(SimdTensor x, SimdTensor y) {
    PanelKernels kernels = choice.kernels();
    int d = x.shape().cols();
    float[] statistics = arena.take(2 * LANES);
    System.arraycopy(x.data, 0, y.data, 0, x.storage());
    for (int at = 0; at < x.storage(); at += x.panelSize()) {
      kernels.softmax(y.data, at, d, 1f, d, 0f, statistics, 0);
    }
    arena.giveBack(statistics);
  }
}
