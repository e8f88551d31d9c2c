package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Training;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Objects;

/**
 * Some rows, those of all items counted through: {@code y[r] = x[rows[r]]}; rule: {@code
 * gx[rows[r]] += gy[r]}, and 0 for rows that are not named. x is the argument; or a weight, an
 * embedding table, and then there is no argument.
 */
public final class Gather implements Operation {
  private final Tensor table;
  private final int[] rows;
  private final int batch;

  private Gather(Tensor table, int[] rows, int batch) {
    if (batch < 1 || rows.length % batch != 0) {
      throw new IllegalArgumentException(
          "gather: " + rows.length + " rows make no " + batch + " items of one length");
    }
    this.table = table;
    this.rows = rows.clone();
    this.batch = batch;
  }

  /**
   * {@code [B, L, d]} to {@code [1, M, d]}.
   *
   * @param rows M numbers {@code b * L + l}
   */
  public Gather(int[] rows) {
    this(null, rows, 1);
  }

  /**
   * {@code [B', L', d]} to {@code [B, L, d]}.
   *
   * @param rows B*L numbers from 0 to {@code B'*L' - 1}
   * @param batch B
   * @throws IllegalArgumentException if the rows are not a multiple of it
   */
  public Gather(int[] rows, int batch) {
    this(null, rows, batch);
  }

  /**
   * An embedding, {@code [B, L, d]}.
   *
   * @param table a weight, {@code [1, entries, d]}; training has its gradient
   * @param ids B*L numbers from 0 to {@code entries - 1}
   * @param batch B
   * @throws IllegalArgumentException if the ids are not a multiple of it
   */
  public static Gather ofTable(Tensor table, int[] ids, int batch) {
    return new Gather(table, ids, batch);
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
  public Tensor forward(Backend backend, Tensor[] arguments) {
    Tensor x = table == null ? arguments[0] : table;
    Tensor y = backend.allocate(new Shape(batch, rows.length / batch, x.shape().cols()));
    backend.gather(x, rows, y, false);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] arguments, Tensor gy, GradientSlot[] slots) {
    if (table == null) {
      addTo(slots[0], backend, gy);
    }
  }

  @Override
  public boolean hasWeights() {
    return table != null;
  }

  @Override
  public void backwardWeights(Backend backend, Tensor[] none, Tensor gy, Training training) {
    addTo(training.sum(table, 0, table.shape()), backend, gy);
  }

  private void addTo(GradientSlot slot, Backend backend, Tensor gy) {
    slot.write(
        (g, accumulate) -> {
          if (!accumulate) {
            backend.fill(g, 0);
          }
          backend.scatterAdd(gy, rows, g);
        });
  }
}
