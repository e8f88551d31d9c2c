package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Gather and mean of rows, with their gradients. */
interface RowsContract extends ContractCase {
  private int[] rowNumbers(int n, int limit) {
    return bench().random().ints(n, 0, limit).toArray();
  }

  /** Of a table or of a sequence, into as many items as the source or into others. */
  @Test
  default void gatherOverwritesOrAccumulates() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      for (int items = 1; items <= 4; items += 3) {
        Shape source = new Shape(items, Workbench.size(3 * i), SIZES[i]);
        Shape shape = new Shape(1 + i % 3, Workbench.size(i + 1), SIZES[i]);
        double[] x = bench.values(source.size());
        double[] before = bench.values(shape.size());
        int[] rows = rowNumbers(shape.allRows(), source.allRows());
        double[] gathered = new double[shape.size()];
        for (int k = 0; k < gathered.length; k++) {
          gathered[k] = x[rows[k / SIZES[i]] * SIZES[i] + k % SIZES[i]];
        }
        Tensor t = bench.input(source, x);
        Tensor y = bench.output(shape);
        bench.backend().gather(t, rows, y, false);
        bench.assertSame("gathered " + shape, y, gathered);
        Tensor sum = bench.input(shape, before);
        bench.backend().gather(t, rows, sum, true);
        bench.assertClose("accumulated " + shape, sum, Reference.sum(before, gathered));
      }
    }
  }

  @Test
  default void scatterAddAddsUpRepeatedRows() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      for (int items = 1; items <= 4; items += 3) {
        Shape target = new Shape(items, Workbench.size(3 * i), SIZES[i]);
        Shape shape = new Shape(1 + i % 3, Workbench.size(i + 1), SIZES[i]);
        int[] rows = rowNumbers(shape.allRows(), target.allRows());
        double[] gy = bench.values(shape.size());
        double[] after = bench.values(target.size());
        Tensor gx = bench.input(target, after);
        for (int k = 0; k < gy.length; k++) {
          after[rows[k / SIZES[i]] * SIZES[i] + k % SIZES[i]] += gy[k];
        }
        bench.backend().scatterAdd(bench.input(shape, gy), rows, gx);
        bench.assertClose("gradient of " + target, gx, after);
      }
    }
  }

  /** In float32 any other order would lose the terms of 1. */
  @Test
  default void scatterAddAddsInAscendingOrder() {
    double large = 1 << 27;
    Tensor gy = bench().input(Shape.matrix(5, 1), large, 7, -large, 1, 1);
    Tensor gx = bench().input(Shape.matrix(2, 1), 0, 0);
    bench().backend().scatterAdd(gy, new int[] {1, 0, 1, 1, 1}, gx);
    bench().assertSame("sums", gx, new double[] {7, 2});
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
    Tensor pooled = bench().output(Shape.matrix(2, 2));
    for (int wrong : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      int[] rows = {0, wrong};
      assertThatThrownBy(() -> backend.gather(table, rows, pooled, false))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining(Integer.toString(wrong));
      assertThatThrownBy(() -> backend.scatterAdd(pooled, rows, table))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining(Integer.toString(wrong));
    }
  }
}
