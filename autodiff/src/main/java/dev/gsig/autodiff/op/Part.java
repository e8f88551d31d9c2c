package dev.gsig.autodiff.op;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** A tensor as a part of a larger one, some consecutive places along an axis. */
final class Part {
  private Part() {}

  /** {@code part (+)=} what lies in the whole from {@code from} on. */
  static void read(
      Backend backend, Tensor whole, Axis axis, int from, Tensor part, boolean accumulate) {
    if (axis == Axis.COLUMNS) {
      backend.copyColumns(whole, from, part, 0, part.shape().cols(), accumulate);
    } else {
      backend.gather(whole, rows(whole.shape(), axis, from, part.shape()), part, accumulate);
    }
  }

  /**
   * Adds the part to what lies in the whole from {@code from} on.
   *
   * @param zero true if that is 0, so that columns can be copied
   */
  static void add(Backend backend, Tensor part, Tensor whole, Axis axis, int from, boolean zero) {
    if (axis == Axis.COLUMNS) {
      backend.copyColumns(part, 0, whole, from, part.shape().cols(), !zero);
    } else {
      backend.scatterAdd(part, rows(whole.shape(), axis, from, part.shape()), whole);
    }
  }

  /** The rows of the whole, those of all items counted through, that are rows of the part. */
  private static int[] rows(Shape whole, Axis axis, int from, Shape part) {
    int[] rows = new int[part.allRows()];
    int item = axis == Axis.BATCH ? from : 0;
    int row = axis == Axis.ROWS ? from : 0;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (item + i / part.rows()) * whole.rows() + row + i % part.rows();
    }
    return rows;
  }
}
