package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Objects;

/**
 * Some rows, those of all items counted through: {@code y[r] = x[rows[r]]}; rule: {@code
 * gx[rows[r]] += gy[r]}, and 0 for rows that are not named. With a table for x it is an embedding.
 */
public final class Gather implements Operation {
  private final int[] rows;
  private final int batch;

  /**
   * {@code [B, L, d]} to {@code [1, M, d]}.
   *
   * @param rows M numbers {@code b * L + l}
   */
  public Gather(int[] rows) {
    this(rows, 1);
  }

  /**
   * {@code [B', L', d]} to {@code [B, L, d]}.
   *
   * @param rows B*L numbers from 0 to {@code B'*L' - 1}
   * @param batch B
   * @throws IllegalArgumentException if the rows are not a multiple of it
   */
  public Gather(int[] rows, int batch) {
    if (batch < 1 || rows.length % batch != 0) {
      throw new IllegalArgumentException(
          "gather: " + rows.length + " rows make no " + batch + " items of one length");
    }
    this.rows = rows.clone();
    this.batch = batch;
  }

  /**
   * One row of each item, {@code [B, L, d]} to {@code [1, B, d]}.
   *
   * @param x shape of the argument
   * @param rows B numbers from 0 to {@code L - 1}
   * @throws IllegalArgumentException if they are not B
   * @throws IndexOutOfBoundsException if an item has no such row
   */
  public static Gather ofItems(Shape x, int[] rows) {
    if (rows.length != x.batch()) {
      throw new IllegalArgumentException("gather: " + rows.length + " rows of the items of " + x);
    }
    int[] all = new int[rows.length];
    for (int b = 0; b < all.length; b++) {
      all[b] = b * x.rows() + Objects.checkIndex(rows[b], x.rows());
    }
    return new Gather(all);
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    Tensor y = backend.allocate(new Shape(batch, rows.length / batch, x[0].shape().cols()));
    backend.gather(x[0], rows, y, false);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    slots[0].write(
        (gx, accumulate) -> {
          if (!accumulate) {
            backend.fill(gx, 0);
          }
          backend.scatterAdd(gy, rows, gx);
        });
  }
}
