package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NaN in one row makes that row NaN and no other: nothing turns it back into a number. */
interface NotANumberContract extends ContractCase {
  /** A quiet NaN that carries all the payload bits float32 keeps. */
  double PAYLOAD = Double.longBitsToDouble(0x7FFF_FFFF_E000_0000L);

  /** Row 1 of 3 has one NaN. */
  private Tensor threeRows(int cols, double nan) {
    double[] x = bench().values(3 * cols);
    x[cols + cols / 2] = nan;
    return bench().input(Shape.matrix(3, cols), x);
  }

  private void requireRowOneIsNaN(String what, Tensor y) {
    double[] values = bench().backend().download(y);
    int cols = y.shape().cols();
    for (int i = 0; i < values.length; i++) {
      assertThat(Double.isNaN(values[i])).as("%s, entry %d", what, i).isEqualTo(i / cols == 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void activationKeepsIt(Activation act) {
    for (double nan : new double[] {Double.NaN, PAYLOAD, -PAYLOAD}) {
      Tensor x = threeRows(1, nan);
      bench().backend().activation(act, x, x, null);
      requireRowOneIsNaN(act.configName(), x);
    }
  }

  @Test
  default void linearKeepsIt() {
    LinearWeights w = bench().backend().linearWeights(6, 5, bench().values(30), null);
    Tensor y = bench().output(Shape.matrix(3, 6));
    bench().backend().linear(threeRows(5, PAYLOAD), w, y);
    requireRowOneIsNaN("linear", y);
    Tensor gx = bench().output(Shape.matrix(3, 5));
    bench().backend().linearBackward(threeRows(6, Double.NaN), w, gx, false);
    requireRowOneIsNaN("gradient", gx);
  }

  @Test
  default void productsSumsAndTransposesKeepIt() {
    Tensor weights = bench().input(Shape.matrix(4, 6), bench().values(24));
    Tensor y = bench().output(Shape.matrix(3, 6));
    bench().backend().matmul(threeRows(4, PAYLOAD), false, weights, false, y, false);
    requireRowOneIsNaN("product", y);
    Tensor x = bench().input(Shape.matrix(4, 2), 1, 2, 3, 4, PAYLOAD, 6, 7, 8);
    Tensor turned = bench().output(Shape.matrix(2, 4));
    bench().backend().transpose(x, turned);
    assertThat(bench().backend().download(turned)[2]).isNaN();
    Tensor sum = bench().output(Shape.matrix(1, 2));
    bench().backend().sumRows(x, sum, false);
    assertThat(bench().backend().download(sum)[0]).isNaN();
    assertThat(bench().backend().download(sum)[1]).isEqualTo(20);
  }

  @Test
  default void softmaxKeepsIt() {
    for (double nan : new double[] {Double.NaN, PAYLOAD, -PAYLOAD, Double.POSITIVE_INFINITY}) {
      Tensor y = bench().output(Shape.matrix(3, 4));
      Tensor x = threeRows(4, nan);
      bench().backend().softmax(x, y);
      requireRowOneIsNaN("softmax", y);
      bench().backend().logSoftmax(x, y);
      requireRowOneIsNaN("log-softmax", y);
      double[] losses =
          bench().backend().softmaxCrossEntropy(x, new int[3], new double[] {1, 1, 1}, y);
      assertThat(losses[0] + losses[2]).isFinite();
      assertThat(losses[1]).isNaN();
      requireRowOneIsNaN("gradient of the loss", y);
    }
  }

  @Test
  default void layerNormKeepsIt() {
    for (boolean centred : new boolean[] {true, false}) {
      NormWeights w =
          bench().backend().normWeights(centred, bench().values(5), bench().values(5), 1);
      Tensor y = bench().output(Shape.matrix(3, 5));
      Tensor n = bench().output(Shape.matrix(3, 5));
      Tensor rd = bench().output(Shape.matrix(3, 1));
      bench().backend().layerNorm(threeRows(5, PAYLOAD), null, w, y, n, rd);
      requireRowOneIsNaN("y", y);
      requireRowOneIsNaN("deviation", rd);
    }
  }

  @Test
  default void attentionKeepsThatOfAQuery() {
    AttentionSpec spec = new AttentionSpec(1, 4, 1, Double.NEGATIVE_INFINITY);
    Shape kv = Shape.matrix(5, 8);
    Tensor y = bench().output(Shape.matrix(3, 4));
    Tensor p = bench().output(bench().backend().savedByAttention(spec, y.shape(), kv));
    for (double nan : new double[] {Double.NaN, PAYLOAD, -PAYLOAD}) {
      Tensor keys = bench().input(kv, bench().values(kv.size()));
      bench().backend().attention(spec, threeRows(4, nan), keys, new int[] {4}, y, p);
      requireRowOneIsNaN("y", y);
    }
  }

  @Test
  default void attentionKeepsThatOfAKey() {
    AttentionSpec spec = new AttentionSpec(1, 2, 1, Double.NEGATIVE_INFINITY);
    Tensor y = bench().output(Shape.matrix(2, 2));
    Shape kv = Shape.matrix(3, 4);
    Tensor p = bench().output(bench().backend().savedByAttention(spec, y.shape(), kv));
    Tensor query = bench().input(Shape.matrix(2, 2), bench().values(4));
    double[] keyValue = bench().values(12);
    keyValue[4] = PAYLOAD;
    Tensor keys = bench().input(Shape.matrix(3, 4), keyValue);
    bench().backend().attention(spec, query, keys, new int[] {3}, y, p);
    for (double v : bench().backend().download(y)) {
      assertThat(v).isNaN();
    }
  }

  @Test
  default void gruCellKeepsIt() {
    Tensor y = bench().output(Shape.matrix(3, 1));
    Tensor gates = bench().output(Shape.matrix(3, 3));
    Tensor h = bench().input(Shape.matrix(3, 1), bench().values(3));
    Tensor hidden = bench().input(Shape.matrix(3, 3), bench().values(9));
    boolean[] active = {true, true, true};
    bench().backend().gruCell(threeRows(3, PAYLOAD), hidden, h, active, y, gates);
    requireRowOneIsNaN("y", y);
  }

  @Test
  default void rowsAndThePathKeepIt() {
    Tensor x = threeRows(4, PAYLOAD);
    Tensor y = bench().output(Shape.matrix(3, 4));
    bench().backend().gather(x, new int[] {2, 1, 0}, y, false);
    assertThat(bench().backend().download(y)[6]).isNaN();
    Tensor mean = bench().output(Shape.matrix(1, 4));
    bench().backend().meanRows(x, new int[] {3}, mean);
    assertThat(bench().backend().download(mean)[2]).isNaN();
    Tensor end = bench().input(Shape.matrix(3, 4), bench().values(12));
    bench().backend().lerp(x, end, new double[] {0.5}, y, 0);
    assertThat(bench().backend().download(y)[6]).isNaN();
    Tensor sum = bench().input(Shape.matrix(3, 4), bench().values(12));
    bench().backend().addWeighted(x, new double[] {0.25}, 0, 1, sum);
    assertThat(bench().backend().download(sum)[6]).isNaN();
  }
}
