package dev.gsig.autodiff.op;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Training;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * {@code y[b, l] = table[ids[b * L + l]]}, an embedding. It has no argument; the table is a weight.
 *
 * @param table {@code [1, entries, d]}
 * @param ids B*L row numbers
 * @param batch B
 */
public record GatherRows(Tensor table, int[] ids, int batch) implements Operation {
  @Override
  public Tensor forward(Backend backend, Tensor[] none) {
    Tensor y = backend.allocate(new Shape(batch, ids.length / batch, table.shape().cols()));
    backend.gatherRows(table, ids, y, false);
    return y;
  }

  @Override
  public void backward(Backend backend, Tensor[] none, Tensor gy, GradientSlot[] slots) {
    // there is nothing but the table
  }

  @Override
  public boolean hasWeights() {
    return true;
  }

  @Override
  public void backwardWeights(Backend backend, Tensor[] none, Tensor gy, Training training) {
    training
        .sum(table, 0, table.shape())
        .write(
            (g, accumulate) -> {
              if (!accumulate) {
                backend.fill(g, 0);
              }
              backend.gatherRowsBackward(gy, ids, g);
            });
  }
}
