package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** {@link Backend#multiply}, {@link Backend#add}, {@link Backend#copyColumns}, fill and copy. */
interface ElementwiseContract extends ContractCase {
  private Shape shape(int i) {
    return new Shape(1 + i % 4, Workbench.size(i), Workbench.size(5 * i + 2));
  }

  @Test
  default void multiplyOverwritesOrAccumulates() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = shape(i);
      double[] a = bench.values(shape.size());
      double[] b = bench.values(shape.size());
      double[] before = bench.values(shape.size());
      double[] product = new double[a.length];
      for (int k = 0; k < a.length; k++) {
        product[k] = a[k] * b[k];
      }
      Tensor ta = bench.input(shape, a);
      Tensor tb = bench.input(shape, b);
      Tensor y = bench.output(shape);
      bench.backend().multiply(ta, tb, y, false);
      bench.assertClose("multiply " + shape, y, product);
      Tensor sum = bench.input(shape, before);
      bench.backend().multiply(ta, tb, sum, true);
      bench.assertClose("accumulated " + shape, sum, Reference.sum(before, product));
      bench.backend().multiply(ta, tb, ta, false);
      bench.assertClose("in place " + shape, ta, product);
      bench.assertSame("b", tb, b);
    }
  }

  @Test
  default void multiplyMayTakeOneFactorTwice() {
    Tensor x = bench().input(Shape.matrix(1, 3), -2, 3, 0.5);
    Tensor y = bench().output(Shape.matrix(1, 3));
    bench().backend().multiply(x, x, y, false);
    bench().assertSame("square", y, new double[] {4, 9, 0.25});
  }

  @Test
  default void addOfEqualShapes() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = shape(i);
      double[] a = bench.values(shape.size());
      double[] b = bench.values(shape.size());
      Tensor ta = bench.input(shape, a);
      Tensor tb = bench.input(shape, b);
      Tensor y = bench.output(shape);
      bench.backend().add(ta, tb, y);
      bench.assertClose("add " + shape, y, Reference.sum(a, b));
      bench.backend().add(ta, tb, ta);
      bench.assertClose("in place " + shape, ta, Reference.sum(a, b));
      bench.backend().add(tb, tb, y);
      bench.assertClose("twice " + shape, y, Reference.sum(b, b));
      bench.assertSame("b", tb, b);
    }
  }

  @Test
  default void addBroadcastsOneItem() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = shape(i).withBatch(5);
      double[] a = bench.values(shape.size());
      double[] b = bench.values(shape.size() / 5);
      double[] expected = a.clone();
      for (int k = 0; k < a.length; k++) {
        expected[k] += b[k % b.length];
      }
      Tensor ta = bench.input(shape, a);
      Tensor tb = bench.input(shape.withBatch(1), b);
      Tensor y = bench.output(shape);
      bench.backend().add(ta, tb, y);
      bench.assertClose("broadcast " + shape, y, expected);
      bench.backend().add(ta, tb, ta);
      bench.assertClose("broadcast in place " + shape, ta, expected);
      bench.assertSame("b", tb, b);
    }
  }

  @Test
  default void copyColumnsKeepsTheOthers() {
    checkCopyColumns(new Shape(1, 1, 1), 0, 1, 0, 1);
    checkCopyColumns(new Shape(3, 7, 13), 2, 20, 11, 9);
    checkCopyColumns(new Shape(2, 17, 65), 0, 65, 0, 65);
    checkCopyColumns(new Shape(1, 65, 207), 200, 7, 0, 7);
    checkCopyColumns(new Shape(5, 16, 3), 1, 17, 16, 1);
    checkCopyColumns(new Shape(2, 3, 4), 1, 4, 2, 0);
  }

  private void checkCopyColumns(Shape xs, int xCol, int yCols, int yCol, int count) {
    Workbench bench = bench();
    Shape ys = xs.withCols(yCols);
    double[] x = bench.values(xs.size());
    double[] y = bench.values(ys.size());
    double[] replaced = y.clone();
    double[] added = y.clone();
    for (int r = 0; r < xs.batch() * xs.rows(); r++) {
      for (int c = 0; c < count; c++) {
        replaced[r * yCols + yCol + c] = x[r * xs.cols() + xCol + c];
        added[r * yCols + yCol + c] += x[r * xs.cols() + xCol + c];
      }
    }
    Tensor tx = bench.input(xs, x);
    Tensor overwritten = bench.input(ys, y);
    bench.backend().copyColumns(tx, xCol, overwritten, yCol, count, false);
    bench.assertSame("overwritten " + xs, overwritten, replaced);
    Tensor accumulated = bench.input(ys, y);
    bench.backend().copyColumns(tx, xCol, accumulated, yCol, count, true);
    bench.assertClose("accumulated " + xs, accumulated, added);
    bench.assertSame("x", tx, x);
  }

  @Test
  default void copyColumnsIgnoresWhatItOverwrites() {
    Shape shape = new Shape(2, 7, 3);
    double[] x = bench().values(shape.size());
    Tensor y = bench().output(shape);
    bench().backend().copyColumns(bench().input(shape, x), 0, y, 0, 3, false);
    bench().assertSame("copied", y, x);
  }

  @Test
  default void fillAndCopy() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = shape(i);
      double[] values = bench.values(shape.size());
      Tensor x = bench.input(shape, values);
      Tensor y = bench.output(shape);
      bench.backend().copy(x, y);
      bench.assertSame("copy " + shape, y, values);
      bench.backend().fill(x, -0.375);
      double[] filled = new double[shape.size()];
      java.util.Arrays.fill(filled, -0.375);
      bench.assertSame("fill " + shape, x, filled);
      bench.assertSame("the copy stays", y, values);
    }
  }
}
