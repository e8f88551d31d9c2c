package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link Backend#linear} and its gradient. */
interface LinearContract extends ContractCase {
  @Test
  default void linearAtAllSizes() {
    for (int i = 0; i < SIZES.length; i++) {
      for (int o = 0; o < SIZES.length; o++) {
        int batch = (i + o) % 3 == 0 ? 3 : 1;
        checkLinear(new Shape(batch, Workbench.size(i + o), SIZES[i]), SIZES[o]);
      }
    }
  }

  @Test
  default void linearOverMoreInputsThanOneCacheBlock() {
    checkLinear(new Shape(1, 17, 1031), 6);
    checkLinear(new Shape(2, 3, 512), 67);
  }

  @Test
  default void linearOverManyItemsOfOneRow() {
    checkLinear(new Shape(65, 1, 13), 7);
    checkLinear(new Shape(7, 17, 3), 65);
  }

  private void checkLinear(Shape x, int outputs) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    int inputs = x.cols();
    String what = x + " to " + outputs;
    double[] weight = bench.values(outputs * inputs);
    double[] bias = bench.values(outputs);
    double[] in = bench.values(x.size());
    LinearWeights biased = backend.linearWeights(outputs, inputs, weight, bias);
    LinearWeights unbiased = backend.linearWeights(outputs, inputs, weight, null);
    Tensor tx = bench.input(x, in);
    Tensor y = bench.output(x.withCols(outputs));
    backend.linear(tx, biased, y);
    bench.assertClose("linear " + what, y, Reference.linear(in, inputs, outputs, weight, bias));
    backend.linear(tx, unbiased, y);
    bench.assertClose("no bias " + what, y, Reference.linear(in, inputs, outputs, weight, null));

    double[] gy = bench.values(y.shape().size());
    double[] expected = Reference.linearBackward(gy, inputs, outputs, weight);
    Tensor tg = bench.input(y.shape(), gy);
    Tensor gx = bench.output(x);
    backend.linearBackward(tg, biased, gx, false);
    bench.assertClose("gradient " + what, gx, expected);
    double[] before = bench.values(x.size());
    Tensor added = bench.input(x, before);
    backend.linearBackward(tg, biased, added, true);
    bench.assertClose("accumulated " + what, added, Reference.sum(before, expected));
    bench.assertSame("x " + what, tx, in);
    bench.assertSame("gy " + what, tg, gy);
  }

  @Test
  default void linearWithActivationIsOneAfterTheOther() {
    Backend backend = bench().backend();
    for (Activation act : Activation.values()) {
      for (int outputs : new int[] {1, 7, 64, 207}) {
        Shape x = new Shape(3, 17, 13);
        double[] in = bench().values(x.size());
        double[] weight = bench().values(outputs * 13);
        LinearWeights w = backend.linearWeights(outputs, 13, weight, bench().values(outputs));
        Tensor tx = bench().input(x, in);
        Shape out = x.withCols(outputs);
        Tensor y = bench().output(out);
        Tensor slope = bench().output(out);
        backend.linear(tx, w, y);
        backend.activation(act, y, y, slope);
        Tensor fused = bench().output(out);
        Tensor fusedSlope = bench().output(out);
        backend.linear(tx, w, act, fused, fusedSlope);
        String what = act + " of " + outputs;
        bench().assertSame(what, fused, backend.download(y));
        bench().assertSame("slope, " + what, fusedSlope, backend.download(slope));
        Tensor valueOnly = bench().output(out);
        backend.linear(tx, w, act, valueOnly, null);
        bench().assertSame("without slope, " + what, valueOnly, backend.download(y));
        bench().assertSame("x of " + what, tx, in);
      }
    }
  }

  @Test
  default void linearOfHugeAndTinyValues() {
    for (double scale : new double[] {1e15, 1e-15}) {
      double[] weight = bench().values(13 * 65, scale);
      double[] in = bench().values(7 * 65, scale);
      LinearWeights w = bench().backend().linearWeights(13, 65, weight, null);
      Tensor y = bench().output(Shape.matrix(7, 13));
      bench().backend().linear(bench().input(Shape.matrix(7, 65), in), w, y);
      bench().assertClose("scale " + scale, y, Reference.linear(in, 65, 13, weight, null));
    }
  }

  @Test
  default void linearWeightsAreCopied() {
    double[] weight = {2};
    double[] bias = {3};
    LinearWeights w = bench().backend().linearWeights(1, 1, weight, bias);
    weight[0] = Double.NaN;
    bias[0] = Double.NaN;
    Tensor y = bench().output(Shape.matrix(1, 1));
    bench().backend().linear(bench().input(Shape.matrix(1, 1), 5), w, y);
    bench().assertSame("2 * 5 + 3", y, new double[] {13});
  }

  @Test
  default void updatedWeightsComputeAsNewOnesDo() {
    Backend backend = bench().backend();
    for (int outputs : new int[] {1, 7, 65}) {
      for (boolean hasBias : new boolean[] {true, false}) {
        Shape x = new Shape(3, 17, 13);
        Shape y = x.withCols(outputs);
        double[] weight = bench().values(outputs * 13);
        double[] bias = hasBias ? bench().values(outputs) : null;
        LinearWeights made = backend.linearWeights(outputs, 13, weight, bias);
        LinearWeights updated =
            backend.linearWeights(
                outputs,
                13,
                bench().values(outputs * 13),
                hasBias ? bench().values(outputs) : null);
        assertThat(updated.hasBias()).isEqualTo(hasBias);
        backend.update(updated, weight.clone(), bias);
        Tensor in = bench().input(x, bench().values(x.size()));
        Tensor gy = bench().input(y, bench().values(y.size()));
        try (Backend fork = backend.fork()) {
          assertThat(outcome(fork, updated, in, gy)).isEqualTo(outcome(backend, made, in, gy));
        }
      }
    }
  }

  private static double[] outcome(Backend backend, LinearWeights w, Tensor x, Tensor gy) {
    Tensor y = backend.allocate(gy.shape());
    Tensor gx = backend.allocate(x.shape());
    backend.linear(x, w, y);
    backend.linearBackward(gy, w, gx, false);
    double[] both =
        Stream.of(backend.download(y), backend.download(gx))
            .flatMapToDouble(Arrays::stream)
            .toArray();
    backend.release(y);
    backend.release(gx);
    return both;
  }

  @Test
  default void anUpdateThatDoesNotFitIsRefused() {
    Backend backend = bench().backend();
    LinearWeights w = backend.linearWeights(2, 3, new double[6], new double[2]);
    LinearWeights none = backend.linearWeights(2, 3, new double[6], null);
    Class<?> refusal = IllegalArgumentException.class;
    assertThatThrownBy(() -> backend.update(w, new double[5], new double[2])).isInstanceOf(refusal);
    assertThatThrownBy(() -> backend.update(w, new double[6], new double[3])).isInstanceOf(refusal);
    assertThatThrownBy(() -> backend.update(w, new double[6], null)).isInstanceOf(refusal);
    assertThatThrownBy(() -> backend.update(none, new double[6], new double[2]))
        .isInstanceOf(refusal);
    NormWeights norm = backend.normWeights(new double[3], new double[3], 1);
    assertThatThrownBy(() -> backend.update(norm, new double[2], new double[2]))
        .isInstanceOf(refusal);
    assertThatThrownBy(() -> backend.update(norm, new double[3], new double[2]))
        .isInstanceOf(refusal);
  }
}
