package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * {@code y = op(a) op(b)} item by item, op(x) being x or its transpose; {@code [B, n, k]} times
 * {@code [B, k, m]} is {@code [B, n, m]}. An argument of batch 1, as weights have, serves every
 * item. Rule, without transposes: {@code ga = gy b^T}, {@code gb = a^T gy}, summed over the items
 * that the argument served.
 *
 * @param transposeA whether op(a) is the transpose
 * @param transposeB whether op(b) is the transpose
 */
public record MatMul(boolean transposeA, boolean transposeB) implements Operation {
  /** {@code y = a b}. */
  public MatMul() {
    this(false, false);
  }

  @Override
  public boolean takes(int arguments) {
    return arguments == 2;
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Shape a = x[0].shape();
    Shape b = x[1].shape();
    int rows = transposeA ? a.cols() : a.rows();
    int cols = transposeB ? b.rows() : b.cols();
    Tensor y = backend.allocate(new Shape(Math.max(a.batch(), b.batch()), rows, cols));
    backend.matmul(x[0], transposeA, x[1], transposeB, y, false);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    Tensor a = x[0];
    Tensor b = x[1];
    slots[0].write(
        (ga, accumulate) -> {
          if (transposeA) {
            backend.matmul(b, transposeB, gy, true, ga, accumulate);
          } else {
            backend.matmul(gy, false, b, !transposeB, ga, accumulate);
          }
        });
    slots[1].write(
        (gb, accumulate) -> {
          if (transposeB) {
            backend.matmul(gy, true, a, transposeA, gb, accumulate);
          } else {
            backend.matmul(a, !transposeA, gy, false, gb, accumulate);
          }
        });
  }
}
