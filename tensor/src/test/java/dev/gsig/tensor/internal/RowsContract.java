package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Gather, select and mean of rows, with their gradients. */
interface RowsContract extends ContractCase {
  private int[] rowNumbers(int n, int limit) {
    return bench().random().ints(n, 0, limit).toArray();
  }

  private static double[] row(double[] values, Shape shape, int item, int row) {
    int from = (item * shape.rows() + row) * shape.cols();
    return Arrays.copyOfRange(values, from, from + shape.cols());
  }

  @Test
  default void gatherRowsOverwritesOrAccumulates() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape tableShape = Shape.matrix(Workbench.size(3 * i), SIZES[i]);
      Shape shape = new Shape(1 + i % 3, Workbench.size(i + 1), SIZES[i]);
      double[] table = bench.values(tableShape.size());
      double[] before = bench.values(shape.size());
      int[] ids = rowNumbers(shape.batch() * shape.rows(), tableShape.rows());
      double[] gathered = new double[shape.size()];
      for (int r = 0; r < ids.length; r++) {
        System.arraycopy(row(table, tableShape, 0, ids[r]), 0, gathered, r * SIZES[i], SIZES[i]);
      }
      Tensor t = bench.input(tableShape, table);
      Tensor y = bench.output(shape);
      bench.backend().gatherRows(t, ids, y, false);
      bench.assertSame("gathered " + shape, y, gathered);
      Tensor sum = bench.input(shape, before);
      bench.backend().gatherRows(t, ids, sum, true);
      bench.assertClose("accumulated " + shape, sum, Reference.sum(before, gathered));
    }
  }

  @Test
  default void selectRowsAndItsGradient() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = new Shape(Workbench.size(i + 2) % 66, SIZES[i], Workbench.size(2 * i + 1));
      int d = shape.cols();
      double[] x = bench.values(shape.size());
      int[] rows = rowNumbers(shape.batch(), shape.rows());
      Shape pooled = Shape.matrix(shape.batch(), d);
      double[] selected = new double[pooled.size()];
      double[] gy = bench.values(pooled.size());
      double[] before = bench.values(shape.size());
      double[] after = before.clone();
      for (int b = 0; b < rows.length; b++) {
        System.arraycopy(row(x, shape, b, rows[b]), 0, selected, b * d, d);
        for (int c = 0; c < d; c++) {
          after[(b * shape.rows() + rows[b]) * d + c] += gy[b * d + c];
        }
      }
      Tensor y = bench.output(pooled);
      bench.backend().selectRows(bench.input(shape, x), rows, y);
      bench.assertSame("selected " + shape, y, selected);
      Tensor gx = bench.input(shape, before);
      bench.backend().selectRowsBackward(bench.input(pooled, gy), rows, gx);
      bench.assertClose("gradient " + shape, gx, after);
    }
  }

  @Test
  default void meanRowsAndItsGradient() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = new Shape(Workbench.size(i + 2) % 66, SIZES[i], Workbench.size(2 * i + 1));
      int d = shape.cols();
      double[] x = bench.values(shape.size());
      int[] lengths = bench.lengths(shape.batch(), shape.rows());
      Shape pooled = Shape.matrix(shape.batch(), d);
      double[] gy = bench.values(pooled.size());
      double[] mean = new double[pooled.size()];
      double[] gx = new double[shape.size()];
      for (int b = 0; b < lengths.length; b++) {
        for (int l = 0; l < lengths[b]; l++) {
          for (int c = 0; c < d; c++) {
            mean[b * d + c] += x[(b * shape.rows() + l) * d + c] / lengths[b];
            gx[(b * shape.rows() + l) * d + c] = gy[b * d + c] / lengths[b];
          }
        }
      }
      Tensor y = bench.output(pooled);
      bench.backend().meanRows(bench.input(shape, x), lengths, y);
      bench.assertClose("mean " + shape, y, mean);
      Tensor out = bench.output(shape);
      bench.backend().meanRowsBackward(bench.input(pooled, gy), lengths, out);
      bench.assertClose("gradient " + shape, out, gx);
    }
  }

  @Test
  default void meanRowsIgnoresTheRowsBehind() {
    Tensor x = bench().input(new Shape(1, 3, 1), 2, 4, Double.NaN);
    Tensor y = bench().output(Shape.matrix(1, 1));
    bench().backend().meanRows(x, new int[] {2}, y);
    bench().assertSame("mean", y, new double[] {3});
  }

  @Test
  default void rowNumbersOutOfRangeAreRefused() {
    Backend backend = bench().backend();
    Tensor table = bench().output(Shape.matrix(3, 2));
    Tensor x = bench().output(new Shape(2, 3, 2));
    Tensor pooled = bench().output(Shape.matrix(2, 2));
    for (int wrong : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      int[] rows = {0, wrong};
      assertThatThrownBy(() -> backend.gatherRows(table, rows, pooled, false))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining(Integer.toString(wrong));
      assertThatThrownBy(() -> backend.selectRows(x, rows, pooled))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> backend.selectRowsBackward(pooled, rows, x))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
