package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@link Backend#layerNorm} and its gradient. */
interface LayerNormContract extends ContractCase {
  @Test
  default void layerNormAtAllSizes() {
    for (int r = 0; r < SIZES.length; r++) {
      for (int c = 0; c < SIZES.length; c++) {
        Shape shape = new Shape(1 + (r + c) % 3, SIZES[r], SIZES[c]);
        double[] x = bench().values(shape.size());
        double[] residual = (r + c) % 2 == 0 ? null : bench().values(shape.size());
        checkLayerNorm(true, shape, x, residual, 1e-5);
        checkLayerNorm(false, shape, x, residual, 1e-5);
      }
    }
  }

  private void checkLayerNorm(
      boolean centred, Shape shape, double[] x, double[] residual, double epsilon) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    int d = shape.cols();
    boolean bias = centred || d % 2 == 0;
    String what =
        shape + (residual == null ? "" : " with residual") + (centred ? "" : ", mean kept");
    double[] gamma = bench.values(d, 2);
    double[] beta = bias ? bench.values(d) : new double[d];
    double[] s = residual == null ? x : Reference.sum(x, residual);
    Reference.Norm expected = Reference.layerNorm(centred, s, gamma, beta, epsilon);
    NormWeights w = backend.normWeights(centred, gamma, bias ? beta : null, epsilon);
    Tensor tx = bench.input(shape, x);
    Tensor tr = residual == null ? null : bench.input(shape, residual);
    Tensor y = bench.output(shape);
    Tensor normalized = bench.output(shape);
    Tensor deviation = bench.output(shape.withCols(1));
    backend.layerNorm(tx, tr, w, y, normalized, deviation);
    bench.assertClose("y " + what, y, expected.y());
    bench.assertClose("normalized " + what, normalized, expected.normalized());
    bench.assertClose("deviation " + what, deviation, expected.reciprocalDeviation());
    bench.assertSame("x", tx, x);

    double[] gy = bench.values(shape.size());
    double[] gs = Reference.layerNormBackward(centred, gy, gamma, expected);
    Tensor tg = bench.input(shape, gy);
    Tensor out = bench.output(shape);
    backend.layerNormBackward(tg, w, normalized, deviation, out);
    // the gradient is a difference of terms of this size, all of which cancel where d is 1
    double terms = Workbench.largest(gamma) * Workbench.largest(expected.reciprocalDeviation());
    bench.assertClose("gradient " + what, backend.download(out), gs, terms);
    bench.assertSame("gy", tg, gy);
    backend.layerNormBackward(tg, w, normalized, deviation, tg);
    bench.assertSame("in place", tg, backend.download(out));
  }

  @Test
  default void rowsOfZeroVarianceNormalizeToZero() {
    for (int d : SIZES) {
      for (double c : new double[] {0, 1e-40f, 0.1f, -1000.125f, 1e6f}) {
        double[] x = new double[3 * d];
        Arrays.fill(x, c);
        double[] gamma = bench().values(d);
        double[] beta = bench().values(d);
        NormWeights w = bench().backend().normWeights(gamma, beta, 1e-12);
        Shape shape = Shape.matrix(3, d);
        Tensor y = bench().output(shape);
        Tensor normalized = bench().output(shape);
        Tensor deviation = bench().output(shape.withCols(1));
        bench().backend().layerNorm(bench().input(shape, x), null, w, y, normalized, deviation);
        double[] expected = new double[3 * d];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = beta[i % d];
        }
        String what = d + " features of " + c;
        bench().assertEachClose(what, normalized, new double[3 * d]);
        bench().assertEachClose(what, y, expected);
      }
    }
  }

  @Test
  default void layerNormOfLargeSmallAndShiftedRows() {
    Shape shape = Shape.matrix(17, 65);
    for (boolean centred : new boolean[] {true, false}) {
      checkLayerNorm(centred, shape, bench().values(shape.size(), 1e15), null, 1e-5);
      checkLayerNorm(centred, shape, bench().values(shape.size(), 1e-3), null, 1e-12);
    }
    double[] shifted = bench().values(shape.size());
    for (int i = 0; i < shifted.length; i++) {
      // multiples of 1/16, which float32 holds beside 64
      shifted[i] = 64 + Math.rint(shifted[i] * 16) / 16;
    }
    checkLayerNorm(true, shape, shifted, null, 1e-5);
  }

  @Test
  default void oneFeatureIsAlwaysBeta() {
    Tensor y = bench().output(Shape.matrix(2, 1));
    Tensor normalized = bench().output(Shape.matrix(2, 1));
    Tensor deviation = bench().output(Shape.matrix(2, 1));
    NormWeights w = bench().backend().normWeights(new double[] {3}, new double[] {0.5}, 0.25);
    Tensor x = bench().input(Shape.matrix(2, 1), 1e30, -7);
    bench().backend().layerNorm(x, null, w, y, normalized, deviation);
    bench().assertSame("y", y, new double[] {0.5, 0.5});
    bench().assertSame("deviation", deviation, new double[] {2, 2});
  }

  @Test
  default void updatedWeightsNormalizeAsNewOnesDo() {
    Backend backend = bench().backend();
    double[] gamma = bench().values(13);
    double[] beta = bench().values(13);
    NormWeights made = backend.normWeights(gamma, beta, 1e-5);
    NormWeights updated = backend.normWeights(bench().values(13), bench().values(13), 1e-5);
    NormWeights without = backend.normWeights(bench().values(13), null, 1e-5);
    backend.update(without, gamma, null);
    backend.update(updated, gamma, beta);
    Shape shape = new Shape(2, 17, 13);
    Tensor x = bench().input(shape, bench().values(shape.size()));
    double[][] found = new double[3][];
    for (int i = 0; i < 3; i++) {
      Tensor y = bench().output(shape);
      Tensor normalized = bench().output(shape);
      Tensor deviation = bench().output(shape.withCols(1));
      NormWeights w = i == 0 ? made : i == 1 ? updated : without;
      backend.layerNorm(x, null, w, y, normalized, deviation);
      found[i] = backend.download(y);
    }
    assertThat(found[1]).isEqualTo(found[0]);
    for (int i = 0; i < found[2].length; i++) {
      assertThat(found[2][i] + beta[i % 13]).isCloseTo(found[0][i], within(1e-5));
    }
  }
}
