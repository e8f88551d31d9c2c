package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The primitives that only training needs. */
interface TrainingContract extends ContractCase {
  @Test
  default void weightGradientAtAllSizes() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      for (int o = 0; o < SIZES.length; o++) {
        int batch = (i + o) % 3 == 0 ? 3 : 1;
        Shape x = new Shape(batch, Workbench.size(i + 2 * o), SIZES[i]);
        Shape y = x.withCols(SIZES[o]);
        double[] in = bench.values(x.size());
        double[] gy = bench.values(y.size());
        Shape w = Shape.matrix(y.cols(), x.cols());
        double[] expected = new double[w.size()];
        for (int r = 0; r < x.size() / x.cols(); r++) {
          for (int e = 0; e < expected.length; e++) {
            expected[e] += gy[r * y.cols() + e / x.cols()] * in[r * x.cols() + e % x.cols()];
          }
        }
        Tensor tx = bench.input(x, in);
        Tensor tg = bench.input(y, gy);
        Tensor gw = bench.output(w);
        bench.backend().linearWeightGradient(tx, tg, gw, false);
        bench.assertClose("gw of " + x + " to " + y, gw, expected);
        double[] before = bench.values(w.size());
        Tensor sum = bench.input(w, before);
        bench.backend().linearWeightGradient(tx, tg, sum, true);
        bench.assertClose("accumulated gw of " + x, sum, Reference.sum(before, expected));
        bench.assertSame("x " + x, tx, in);
        bench.assertSame("gy " + y, tg, gy);
      }
    }
  }

  @Test
  default void sumOfRowsAtAllSizes() {
    Workbench bench = bench();
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = new Shape(Workbench.size(i + 3) % 66, SIZES[i], Workbench.size(2 * i + 1));
      int d = shape.cols();
      double[] x = bench.values(shape.size());
      double[] expected = new double[d];
      for (int k = 0; k < x.length; k++) {
        expected[k % d] += x[k];
      }
      Tensor tx = bench.input(shape, x);
      Tensor y = bench.output(Shape.matrix(1, d));
      bench.backend().sumRows(tx, y, false);
      bench.assertClose("sum of " + shape, y, expected);
      double[] before = bench.values(d);
      Tensor sum = bench.input(Shape.matrix(1, d), before);
      bench.backend().sumRows(tx, sum, true);
      bench.assertClose("accumulated " + shape, sum, Reference.sum(before, expected));
    }
  }

  @Test
  default void crossEntropyAtAllSizes() {
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = Shape.matrix(SIZES[i], Workbench.size(3 * i + 1));
      checkCrossEntropy(shape, bench().values(shape.size(), 5));
    }
  }

  /** The target's own probability is below every float here. */
  @Test
  default void crossEntropyOfHugeLogits() {
    double[] z = {-1000, 1000, 0, 1000, 1000, -1000};
    double[] losses = checkCrossEntropy(Shape.matrix(2, 3), z);
    assertThat(Arrays.stream(losses).allMatch(Double::isFinite)).isTrue();
  }

  private double[] checkCrossEntropy(Shape shape, double[] z) {
    Workbench bench = bench();
    int classes = shape.cols();
    int[] targets = bench.random().ints(shape.rows(), 0, classes).toArray();
    double[] weights = bench.values(shape.rows());
    double[] losses = new double[shape.rows()];
    double[] gradient = new double[z.length];
    for (int m = 0; m < targets.length; m++) {
      double[] row = Arrays.copyOfRange(z, m * classes, (m + 1) * classes);
      double max = Arrays.stream(row).max().orElseThrow();
      double sum = Arrays.stream(row).map(v -> Math.exp(v - max)).sum();
      losses[m] = Math.log(sum) + max - row[targets[m]];
      for (int v = 0; v < classes; v++) {
        double hit = v == targets[m] ? 1 : 0;
        gradient[m * classes + v] = weights[m] * (Math.exp(row[v] - max) / sum - hit);
      }
    }
    Tensor logits = bench.input(shape, z);
    Tensor g = bench.output(shape);
    double[] found = bench.backend().softmaxCrossEntropy(logits, targets, weights, g);
    bench.assertClose("losses " + shape, found, losses, Math.max(1, Workbench.largest(losses)));
    bench.assertClose("gradient " + shape, bench.backend().download(g), gradient, 1);
    bench.assertSame("logits " + shape, logits, z);
    return found;
  }

  @Test
  default void trainingArgumentsThatDoNotFitAreRefused() {
    Backend backend = bench().backend();
    Tensor x = bench().output(new Shape(2, 3, 5));
    Tensor square = bench().output(Shape.matrix(3, 3));
    Class<?> refusal = IllegalArgumentException.class;
    assertThatThrownBy(() -> backend.linearWeightGradient(x, x, square, false))
        .isInstanceOf(refusal);
    assertThatThrownBy(() -> backend.sumRows(x, square, false)).isInstanceOf(refusal);
    double[] two = new double[2];
    assertThatThrownBy(() -> backend.softmaxCrossEntropy(square, new int[3], two, square))
        .isInstanceOf(refusal);
    Tensor rows = bench().output(Shape.matrix(1, 5));
    for (int wrong : new int[] {-1, 6}) {
      double[] one = {1};
      assertThatThrownBy(() -> backend.softmaxCrossEntropy(rows, new int[] {wrong}, one, rows))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
