package dev.gsig.tensor.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Arguments that do not fit are refused before anything is computed. */
interface ArgumentContract extends ContractCase {
  private Tensor t(int batch, int rows, int cols) {
    return bench().output(new Shape(batch, rows, cols));
  }

  private static void refused(String what, ThrowingCallable call) {
    assertThatThrownBy(call).as(what).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void uploadAndCopyOfTheWrongSize() {
    Backend backend = bench().backend();
    refused("upload", () -> backend.upload(new Shape(1, 2, 3), new double[5]));
    refused("copy", () -> backend.copy(t(1, 2, 3), t(1, 3, 2)));
  }

  @Test
  default void weightsOfTheWrongSize() {
    Backend backend = bench().backend();
    refused("weight", () -> backend.linearWeights(2, 3, new double[5], null));
    refused("weight", () -> backend.linearWeights(2, 3, new double[7], null));
    refused("bias", () -> backend.linearWeights(2, 3, new double[6], new double[3]));
    refused("beta", () -> backend.normWeights(new double[3], new double[2], 1));
  }

  @Test
  default void linearOfTheWrongShape() {
    Backend backend = bench().backend();
    LinearWeights w = backend.linearWeights(2, 3, new double[6], null);
    refused("inputs", () -> backend.linear(t(1, 4, 2), w, t(1, 4, 2)));
    refused("outputs", () -> backend.linear(t(1, 4, 3), w, t(1, 4, 3)));
    refused("rows", () -> backend.linear(t(1, 4, 3), w, t(1, 5, 2)));
    Tensor slope = t(1, 4, 3);
    refused("derivative", () -> backend.linear(t(1, 4, 3), w, Activation.RELU, t(1, 4, 2), slope));
    refused("gy", () -> backend.linearBackward(t(1, 4, 3), w, t(1, 4, 3), false));
    refused("gx", () -> backend.linearBackward(t(1, 4, 2), w, t(2, 4, 3), false));
  }

  @Test
  default void elementwiseOfTheWrongShape() {
    Backend backend = bench().backend();
    refused("y", () -> backend.activation(Activation.TANH, t(1, 2, 3), t(1, 3, 2), null));
    refused(
        "derivative",
        () -> backend.activation(Activation.TANH, t(1, 2, 3), t(1, 2, 3), t(1, 2, 2)));
    refused("b", () -> backend.multiply(t(1, 2, 3), t(1, 2, 2), t(1, 2, 3), false));
    refused("y", () -> backend.multiply(t(1, 2, 3), t(1, 2, 3), t(1, 2, 4), false));
    refused("batch of b", () -> backend.add(t(3, 2, 3), t(2, 2, 3), t(3, 2, 3)));
    refused("rows of b", () -> backend.add(t(3, 2, 3), t(1, 1, 3), t(3, 2, 3)));
    refused("y", () -> backend.add(t(3, 2, 3), t(1, 2, 3), t(1, 2, 3)));
  }

  @Test
  default void columnsThatAreNotThere() {
    Backend backend = bench().backend();
    refused("x", () -> backend.copyColumns(t(1, 2, 3), 2, t(1, 2, 9), 0, 2, false));
    refused("y", () -> backend.copyColumns(t(1, 2, 9), 0, t(1, 2, 3), 2, 2, false));
    refused("rows", () -> backend.copyColumns(t(1, 2, 3), 0, t(1, 3, 3), 0, 1, false));
    refused("negative", () -> backend.copyColumns(t(1, 2, 3), -1, t(1, 2, 3), 0, 1, false));
    refused("negative", () -> backend.copyColumns(t(1, 2, 3), 0, t(1, 2, 3), -1, 1, false));
    refused("negative", () -> backend.copyColumns(t(1, 2, 3), 1, t(1, 2, 3), 1, -1, false));
  }

  @Test
  default void layerNormOfTheWrongShape() {
    Backend backend = bench().backend();
    NormWeights w = backend.normWeights(new double[3], new double[3], 1);
    NormWeights four = backend.normWeights(new double[4], new double[4], 1);
    NormWeights without = backend.normWeights(new double[3], null, 1);
    refused("beta", () -> backend.update(w, new double[3], null));
    refused("beta", () -> backend.update(without, new double[3], new double[3]));
    Tensor x = t(2, 5, 3);
    Tensor rd = t(2, 5, 1);
    refused("weights", () -> backend.layerNorm(x, null, four, t(2, 5, 3), t(2, 5, 3), rd));
    refused("residual", () -> backend.layerNorm(x, t(1, 5, 3), w, t(2, 5, 3), t(2, 5, 3), rd));
    refused("y", () -> backend.layerNorm(x, null, w, t(2, 5, 4), t(2, 5, 3), rd));
    refused("normalized", () -> backend.layerNorm(x, null, w, t(2, 5, 3), t(2, 4, 3), rd));
    refused("deviation", () -> backend.layerNorm(x, null, w, t(2, 5, 3), t(2, 5, 3), t(2, 5, 3)));
    refused("weights", () -> backend.layerNormBackward(x, four, t(2, 5, 3), rd, t(2, 5, 3)));
    refused("normalized", () -> backend.layerNormBackward(x, w, t(1, 5, 3), rd, t(2, 5, 3)));
    refused("gs", () -> backend.layerNormBackward(x, w, t(2, 5, 3), rd, t(1, 5, 3)));
    refused("deviation", () -> backend.layerNormBackward(x, w, t(2, 5, 3), t(1, 5, 1), t(2, 5, 3)));
  }

  private static AttentionSpec grouped() {
    return new AttentionSpec(2, 1, 3, 1, Double.NEGATIVE_INFINITY, List.of());
  }

  @Test
  default void attentionOfTheWrongShape() {
    Backend backend = bench().backend();
    AttentionSpec spec = new AttentionSpec(2, 3, 1, Double.NEGATIVE_INFINITY);
    Tensor q = t(2, 4, 6);
    Tensor kv = t(2, 5, 12);
    Tensor p = bench().output(backend.savedByAttention(spec, q.shape(), kv.shape()));
    int[] ok = {5, 1};
    refused("query", () -> backend.attention(spec, t(2, 4, 5), kv, ok, t(2, 4, 5), p));
    refused("keys", () -> backend.attention(spec, q, t(2, 5, 6), ok, t(2, 4, 6), p));
    refused("batch", () -> backend.attention(spec, q, t(3, 5, 12), ok, t(2, 4, 6), p));
    refused("y", () -> backend.attention(spec, q, kv, ok, t(2, 5, 6), p));
    refused("p", () -> backend.attention(spec, q, kv, ok, t(2, 4, 6), t(4, 4, 5)));
    for (int[] wrong : new int[][] {{5}, {5, 1, 1}, {0, 5}, {5, 6}, {5, -1}}) {
      refused("lengths", () -> backend.attention(spec, q, kv, wrong, t(2, 4, 6), p));
      refused(
          "lengths",
          () ->
              backend.attentionBackward(
                  spec, q, kv, wrong, p, t(2, 4, 6), t(2, 4, 6), t(2, 5, 12)));
    }
    refused("keys", () -> backend.attention(grouped(), q, kv, ok, t(2, 4, 6), p));
    AttentionMask ranges = AttentionMask.window(ok, new int[] {0, 1, 0, 1}, 1, 0);
    refused("ranges", () -> backend.attention(spec, q, kv, ranges, t(2, 4, 6), p));
    AttentionMask all = AttentionMask.window(ok, AttentionMask.everyRow(2, 4), 1, 0);
    AttentionSpec filled = new AttentionSpec(2, 3, 1, -1);
    refused("mask value", () -> backend.attention(filled, q, kv, all, t(2, 4, 6), p));
    Tensor gy = t(2, 4, 6);
    refused(
        "gQuery", () -> backend.attentionBackward(spec, q, kv, ok, p, gy, t(2, 5, 6), t(2, 5, 12)));
    refused(
        "gKeyValue",
        () -> backend.attentionBackward(spec, q, kv, ok, p, gy, t(2, 4, 6), t(2, 5, 6)));
    refused(
        "gy",
        () -> backend.attentionBackward(spec, q, kv, ok, p, t(1, 4, 6), t(2, 4, 6), t(2, 5, 12)));
  }

  @Test
  default void rowsOfTheWrongShape() {
    Backend backend = bench().backend();
    Tensor x = t(2, 4, 3);
    refused("rows", () -> backend.gather(t(1, 5, 3), new int[3], t(1, 4, 3), false));
    refused("rows", () -> backend.gather(x, new int[1], t(1, 2, 3), false));
    refused("columns", () -> backend.gather(t(1, 5, 2), new int[6], t(1, 4, 3), false));
    refused("columns", () -> backend.gather(t(1, 5, 2), new int[4], t(1, 4, 3), false));
    refused("rows", () -> backend.scatterAdd(t(1, 2, 3), new int[3], x));
    refused("columns", () -> backend.scatterAdd(t(1, 2, 4), new int[2], x));
    refused("lengths", () -> backend.meanRows(x, new int[] {1}, t(1, 2, 3)));
    refused("lengths", () -> backend.meanRows(x, new int[] {1, 0}, t(1, 2, 3)));
    refused("lengths", () -> backend.meanRows(x, new int[] {1, 5}, t(1, 2, 3)));
    refused("y", () -> backend.meanRows(x, new int[] {1, 1}, t(1, 2, 4)));
    refused("lengths", () -> backend.meanRowsBackward(t(1, 2, 3), new int[] {5, 1}, x));
  }

  @Test
  default void gruOfTheWrongShape() {
    Backend backend = bench().backend();
    boolean[] two = {true, false};
    Tensor gates = t(1, 2, 9);
    Tensor h = t(1, 2, 3);
    Tensor y = t(1, 2, 3);
    refused("active", () -> backend.gruCell(gates, gates, h, new boolean[3], y, t(1, 2, 9)));
    refused("input", () -> backend.gruCell(t(1, 2, 3), gates, h, two, y, t(1, 2, 9)));
    refused("hidden", () -> backend.gruCell(gates, t(1, 2, 6), h, two, y, t(1, 2, 9)));
    refused("y", () -> backend.gruCell(gates, gates, h, two, t(1, 2, 9), t(1, 2, 9)));
    refused("gates", () -> backend.gruCell(gates, gates, h, two, y, t(1, 2, 3)));
    refused(
        "hidden",
        () ->
            backend.gruCellBackward(
                y, t(1, 2, 3), h, two, gates, t(1, 2, 9), t(1, 2, 9), t(1, 2, 3)));
    refused(
        "gState",
        () -> backend.gruCellBackward(y, gates, h, two, gates, t(1, 2, 9), t(1, 2, 9), t(1, 1, 3)));
    refused(
        "gHiddenGates",
        () -> backend.gruCellBackward(y, gates, h, two, gates, t(1, 2, 9), t(1, 2, 6), t(1, 2, 3)));
  }

  @Test
  default void pathsOfTheWrongShape() {
    Backend backend = bench().backend();
    Tensor e = t(1, 2, 3);
    refused("end", () -> backend.lerp(e, t(1, 2, 4), new double[2], t(2, 2, 3), 0));
    refused("alphas", () -> backend.lerp(e, e, new double[3], t(2, 2, 3), 0));
    refused("first", () -> backend.lerp(e, e, new double[2], t(3, 2, 3), 2));
    refused("first", () -> backend.lerp(e, e, new double[2], t(3, 2, 3), -1));
    Tensor two = t(2, 2, 3);
    refused("start", () -> backend.lerp(two, two, new double[2], two, 0));
    Tensor g = t(4, 2, 3);
    refused("weights", () -> backend.addWeighted(g, new double[3], 0, 3, e));
    refused("to", () -> backend.addWeighted(g, new double[4], 0, 5, e));
    refused("from", () -> backend.addWeighted(g, new double[4], -1, 4, e));
    refused("order", () -> backend.addWeighted(g, new double[4], 3, 2, e));
    refused("sum", () -> backend.addWeighted(g, new double[4], 0, 4, t(4, 2, 3)));
  }
}
