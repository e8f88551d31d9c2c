package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@link Backend#lerp} and {@link Backend#addWeighted}. */
interface PathContract extends ContractCase {
  @Test
  default void lerpAtAllSizes() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape item = Shape.matrix(SIZES[i], Workbench.size(3 * i + 1));
      int n = item.size();
      double[] start = bench.values(n);
      double[] end = bench.values(n);
      double[] alphas = bench.values(1 + i);
      double[] expected = new double[alphas.length * n];
      for (int k = 0; k < expected.length; k++) {
        expected[k] = start[k % n] + alphas[k / n] * (end[k % n] - start[k % n]);
      }
      Tensor s = bench.input(item, start);
      Tensor e = bench.input(item, end);
      Tensor y = bench.output(item.withBatch(alphas.length));
      bench.backend().lerp(s, e, alphas, y, 0);
      bench.assertClose("path " + item, y, expected);
      bench.assertSame("start", s, start);
      bench.assertSame("end", e, end);
    }
  }

  @Test
  default void lerpEndsAreExact() {
    Workbench bench = bench();
    double[] start = {0.1f, -3e38f, 3e38f, 1e-40f, -0.0, 0, 1e30f, 7};
    double[] end = {0.3f, 3e38f, -3e38f, -1e-45f, 0, -0.0, -1e-30f, 7};
    Shape item = Shape.matrix(2, 4);
    Tensor y = bench.output(item.withBatch(4));
    double[] alphas = {0, 1, 1, 0};
    bench.backend().lerp(bench.input(item, start), bench.input(item, end), alphas, y, 0);
    double[] found = bench.backend().download(y);
    for (int k = 0; k < 4; k++) {
      org.assertj.core.api.Assertions.assertThat(Arrays.copyOfRange(found, k * 8, k * 8 + 8))
          .as("a = %s", alphas[k])
          .isEqualTo(alphas[k] == 0 ? start : end);
    }
  }

  @Test
  default void lerpWritesSomeItemsOnly() {
    Workbench bench = bench();
    for (int rows : SIZES) {
      Shape item = Shape.matrix(rows, 3);
      int n = item.size();
      double[] before = bench.values(5 * n);
      double[] start = bench.values(n);
      double[] end = bench.values(n);
      double[] expected = before.clone();
      for (int i = 0; i < n; i++) {
        expected[2 * n + i] = start[i] + 0.25 * (end[i] - start[i]);
        expected[3 * n + i] = end[i];
      }
      Tensor y = bench.input(item.withBatch(5), before);
      double[] alphas = {0.25, 1};
      bench.backend().lerp(bench.input(item, start), bench.input(item, end), alphas, y, 2);
      bench.assertClose("items 2 and 3 of " + item, y, expected);
    }
  }

  @Test
  default void addWeightedAtAllSizes() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      int items = 1 + i;
      Shape shape = new Shape(items, SIZES[i], Workbench.size(3 * i + 1));
      int n = shape.rows() * shape.cols();
      double[] g = bench.values(shape.size());
      double[] weights = bench.values(items);
      double[] before = bench.values(n);
      int from = i / 3;
      int to = items - i / 4;
      double[] expected = before.clone();
      for (int k = from; k < to; k++) {
        for (int j = 0; j < n; j++) {
          expected[j] += weights[k] * g[k * n + j];
        }
      }
      Tensor tg = bench.input(shape, g);
      Tensor sum = bench.input(shape.withBatch(1), before);
      bench.backend().addWeighted(tg, weights, from, to, sum);
      bench.assertClose("sum " + shape + " from " + from + " to " + to, sum, expected);
      bench.assertSame("g", tg, g);
    }
  }

  @Test
  default void addWeightedOfNothingKeepsTheSum() {
    Shape shape = new Shape(2, 1, 3);
    Tensor g = bench().output(shape);
    Tensor sum = bench().input(shape.withBatch(1), 1, 2, 3);
    for (int at = 0; at <= 2; at++) {
      bench().backend().addWeighted(g, new double[] {5, 6}, at, at, sum);
    }
    bench().assertSame("sum", sum, new double[] {1, 2, 3});
  }
}
