package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Products of two tensors, transposes, softmax, and functions of every element. */
interface AlgebraContract extends ContractCase {
  @Test
  default void productsAtAllSizes() {
    for (int i = 0; i < SIZES.length; i++) {
      for (int k = 0; k < SIZES.length; k++) {
        int n = SIZES[i];
        int inner = SIZES[k];
        int m = Workbench.size(i + 2 * k + 1);
        // item by item, one a or b for all, one of both, and sums over the items
        int[][] batches = {{3, 3, 3}, {3, 1, 3}, {1, 3, 3}, {1, 1, 1}, {3, 3, 1}, {2, 1, 1}};
        int[] batch = batches[(i + 3 * k) % batches.length];
        for (int transposes = 0; transposes < 4; transposes++) {
          product(batch, n, inner, m, transposes % 2 == 1, transposes > 1);
        }
      }
    }
  }

  private void product(int[] batch, int n, int inner, int m, boolean ta, boolean tb) {
    Workbench bench = bench();
    Shape a = ta ? new Shape(batch[0], inner, n) : new Shape(batch[0], n, inner);
    Shape b = tb ? new Shape(batch[1], m, inner) : new Shape(batch[1], inner, m);
    Shape y = new Shape(batch[2], n, m);
    double[] p = bench.values(a.size());
    double[] q = bench.values(b.size());
    double[] expected = new double[y.size()];
    for (int item = 0; item < Math.max(batch[0], batch[1]); item++) {
      int a0 = item % batch[0] * n * inner;
      int b0 = item % batch[1] * inner * m;
      int y0 = item % batch[2] * n * m;
      for (int e = 0; e < n * m; e++) {
        int r = e / m;
        int c = e % m;
        for (int j = 0; j < inner; j++) {
          double left = p[a0 + (ta ? j * n + r : r * inner + j)];
          expected[y0 + e] += left * q[b0 + (tb ? c * inner + j : j * m + c)];
        }
      }
    }
    String what = a + (ta ? "^T" : "") + " " + b + (tb ? "^T" : "");
    Tensor left = bench.input(a, p);
    Tensor right = bench.input(b, q);
    Tensor found = bench.output(y);
    bench.backend().matmul(left, ta, right, tb, found, false);
    bench.assertClose(what, found, expected);
    double[] before = bench.values(y.size());
    Tensor sum = bench.input(y, before);
    bench.backend().matmul(left, ta, right, tb, sum, true);
    bench.assertClose("accumulated " + what, sum, Reference.sum(before, expected));
    bench.assertSame("a of " + what, left, p);
    bench.assertSame("b of " + what, right, q);
  }

  @Test
  default void squareOfATensor() {
    Tensor x = bench().input(Shape.matrix(2, 2), 1, 2, 3, 4);
    Tensor y = bench().output(Shape.matrix(2, 2));
    bench().backend().matmul(x, false, x, false, y, false);
    bench().assertSame("x x", y, new double[] {7, 10, 15, 22});
  }

  /** Of these sizes, one item and two are computed by different tiles on a GPU. */
  @Test
  default void productsDoNotDependOnTheirCompany() {
    Workbench bench = bench();
    for (int n : new int[] {33, 65}) {
      int inner = 37;
      double[] a = bench.values(2 * n * inner);
      double[] b = bench.values(inner * n);
      Tensor right = bench.input(Shape.matrix(inner, n), b);
      Tensor together = bench.output(new Shape(2, n, n));
      Tensor left = bench.input(new Shape(2, n, inner), a);
      bench.backend().matmul(left, false, right, false, together, false);
      double[] found = bench.backend().download(together);
      for (int item = 0; item < 2; item++) {
        double[] own = Arrays.copyOfRange(a, item * n * inner, (item + 1) * n * inner);
        Tensor alone = bench.output(Shape.matrix(n, n));
        bench
            .backend()
            .matmul(bench.input(Shape.matrix(n, inner), own), false, right, false, alone, false);
        bench.assertSame(
            "item " + item, alone, Arrays.copyOfRange(found, item * n * n, (item + 1) * n * n));
      }
    }
  }

  @Test
  default void transposeAtAllSizes() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = new Shape(1 + i % 3, SIZES[i], Workbench.size(2 * i + 1));
      Shape turned = new Shape(shape.batch(), shape.cols(), shape.rows());
      double[] x = bench.values(shape.size());
      double[] expected = new double[x.length];
      for (int k = 0; k < x.length; k++) {
        int item = k / (shape.rows() * shape.cols());
        int row = k / shape.cols() % shape.rows();
        expected[(item * shape.cols() + k % shape.cols()) * shape.rows() + row] = x[k];
      }
      Tensor y = bench.output(turned);
      bench.backend().transpose(bench.input(shape, x), y);
      bench.assertSame("transpose of " + shape, y, expected);
    }
  }

  /** A GPU counts the blocks of two of a grid's dimensions only to 65535. */
  @Test
  default void transposeOfManyItems() {
    Shape shape = new Shape(65_537, 1, 2);
    double[] x = bench().values(shape.size());
    Tensor y = bench().output(new Shape(shape.batch(), 2, 1));
    bench().backend().transpose(bench().input(shape, x), y);
    bench().assertSame("transpose of " + shape, y, x);
  }

  @Test
  default void softmaxAtAllSizes() {
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = new Shape(1 + i % 3, SIZES[i], Workbench.size(3 * i + 1));
      checkSoftmax(shape, bench().values(shape.size(), 5));
      checkSoftmax(shape, new double[shape.size()]);
    }
    checkSoftmax(
        Shape.matrix(3, 2), new double[] {1000, -1000, -0x1p100, 0x1p100, 0x1p100, 0x1p100});
  }

  private void checkSoftmax(Shape shape, double[] x) {
    Workbench bench = bench();
    int d = shape.cols();
    double[] expected = new double[x.length];
    double[] logarithms = new double[x.length];
    for (int from = 0; from < x.length; from += d) {
      double[] row = Arrays.copyOfRange(x, from, from + d);
      double max = Arrays.stream(row).max().orElseThrow();
      double sum = Arrays.stream(row).map(v -> Math.exp(v - max)).sum();
      for (int c = 0; c < d; c++) {
        expected[from + c] = Math.exp(row[c] - max) / sum;
        logarithms[from + c] = row[c] - max - Math.log(sum);
      }
    }
    Tensor in = bench.input(shape, x);
    Tensor y = bench.output(shape);
    Tensor log = bench.output(shape);
    bench.backend().softmax(in, y);
    bench.backend().logSoftmax(in, log);
    bench.assertClose("softmax of " + shape, bench.backend().download(y), expected, 1);
    bench.assertEachClose("log-softmax of " + shape, log, logarithms);
    bench.assertSame("x " + shape, in, x);
    double[] apart = bench.backend().download(y);
    Tensor again = bench.input(shape, x);
    bench.backend().softmax(again, again);
    bench.assertSame("softmax in place of " + shape, again, apart);
    double[] logarithmsApart = bench.backend().download(log);
    bench.backend().logSoftmax(in, in);
    bench.assertSame("log-softmax in place of " + shape, in, logarithmsApart);
  }

  @Test
  default void functionsOfEveryElement() {
    Tensor x = bench().input(new Shape(2, 1, 3), 1, 2, 3, 4, 5, 6);
    Tensor y = bench().hold(bench().backend().map(x, v -> 10 - v * v));
    assertThat(y.shape()).isEqualTo(x.shape());
    bench().assertSame("10 - x x", y, new double[] {9, 6, 1, -6, -15, -26});
    bench().assertSame("x", x, new double[] {1, 2, 3, 4, 5, 6});
  }

  private Tensor t(int batch, int rows, int cols) {
    return bench().output(new Shape(batch, rows, cols));
  }

  private void refused(Tensor a, boolean ta, Tensor b, boolean tb, Tensor y) {
    Backend backend = bench().backend();
    assertThatThrownBy(() -> backend.matmul(a, ta, b, tb, y, false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void productsThatDoNotFitAreRefused() {
    refused(t(1, 3, 4), false, t(1, 5, 2), false, t(1, 3, 2));
    refused(t(1, 3, 4), true, t(1, 4, 2), false, t(1, 3, 2));
    refused(t(1, 3, 4), false, t(1, 4, 2), true, t(1, 3, 2));
    refused(t(2, 3, 4), false, t(3, 4, 2), false, t(3, 3, 2));
    refused(t(2, 3, 4), false, t(2, 4, 2), false, t(3, 3, 2));
    refused(t(1, 3, 4), false, t(1, 4, 2), false, t(2, 3, 2));
    refused(t(2, 3, 4), false, t(1, 4, 2), false, t(2, 2, 3));
    Tensor square = t(1, 3, 3);
    refused(square, false, t(1, 3, 3), false, square);
    refused(t(1, 3, 3), false, square, false, square);
    Backend backend = bench().backend();
    for (Tensor wrong : new Tensor[] {t(1, 3, 4), t(2, 4, 3), square}) {
      assertThatThrownBy(() -> backend.transpose(t(1, 3, 4), wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> backend.transpose(square, square))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> backend.softmax(t(1, 3, 4), t(1, 4, 3)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> backend.logSoftmax(t(1, 3, 4), t(1, 4, 3)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
