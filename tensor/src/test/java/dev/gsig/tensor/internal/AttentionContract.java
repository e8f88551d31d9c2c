package dev.gsig.tensor.internal;

import static dev.gsig.tensor.internal.Workbench.SIZES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@link Backend#attention} and its gradient. */
interface AttentionContract extends ContractCase {
  /** Mask values in use: removal, the fill of older models, one where masked keys still count. */
  double[] MASKS = {Double.NEGATIVE_INFINITY, -10000, -0.75};

  private static AttentionSpec spec(int heads, int headSize, double maskValue) {
    return new AttentionSpec(heads, headSize, 1 / Math.sqrt(headSize), maskValue);
  }

  @Test
  default void attentionAtAllNumbersOfQueriesAndKeys() {
    for (int q = 0; q < SIZES.length; q++) {
      for (int k = q; k < SIZES.length; k++) {
        AttentionSpec spec = spec(1 + (q + k) % 2, 5, MASKS[(q + k) % MASKS.length]);
        checkAttention(spec, 1 + k % 3, SIZES[q], SIZES[k]);
      }
    }
  }

  @Test
  default void attentionAtAllHeadSizes() {
    for (int size : new int[] {1, 2, 3, 4, 7, 13, 15, 16, 17, 31, 33, 65}) {
      for (double mask : MASKS) {
        checkAttention(spec(3, size, mask), 2, 18, 21);
      }
    }
  }

  @Test
  default void attentionOfManyHeadsAndItems() {
    checkAttention(spec(13, 3, Double.NEGATIVE_INFINITY), 13, 7, 17);
    checkAttention(spec(7, 1, -1e9), 17, 3, 3);
  }

  @Test
  default void attentionOfOneQueryOnManyKeys() {
    for (double mask : MASKS) {
      checkAttention(spec(2, 16, mask), 3, 1, 207);
    }
  }

  @Test
  default void attentionOfMoreQueriesThanKeys() {
    checkAttention(spec(2, 3, Double.NEGATIVE_INFINITY), 2, 65, 7);
  }

  private static AttentionSpec spec(int heads, int group, int headSize, boolean slopes) {
    List<Double> each =
        slopes ? IntStream.range(0, heads).mapToObj(h -> 1.0 / (2 << h)).toList() : List.of();
    double scale = 1 / Math.sqrt(headSize);
    return new AttentionSpec(heads, heads / group, headSize, scale, Double.NEGATIVE_INFINITY, each);
  }

  @Test
  default void attentionOfGroupsOfHeads() {
    for (int queries : new int[] {1, 7, 33}) {
      checkAttention(spec(6, 2, 5, false), 2, queries, 21);
      checkAttention(spec(4, 4, 16, false), 3, queries, 17);
    }
    AttentionSpec filled = new AttentionSpec(4, 2, 3, 0.5, -0.75, List.of());
    checkAttention(filled, 2, 18, 35);
  }

  @Test
  default void attentionThatFallsWithTheDistance() {
    for (int size : new int[] {1, 16, 37}) {
      checkAttention(spec(4, 1, 3, true), 2, size, 37);
    }
  }

  /** What queries see besides padding, at sizes that leave all kinds of remainders. */
  @Test
  default void attentionOfRanges() {
    for (int i = 0; i < SIZES.length; i++) {
      int rows = SIZES[i];
      int batch = 1 + i % 3;
      int[] lengths = bench().lengths(batch, rows);
      int[] positions = AttentionMask.everyRow(batch, rows);
      AttentionSpec spec = spec(4, 1 + i % 2, 3 + i, i % 3 == 0);
      int all = Integer.MAX_VALUE;
      checkAttention(spec, rows, rows, AttentionMask.window(lengths, positions, all, 0));
      checkAttention(spec, rows, rows, AttentionMask.window(lengths, positions, 5, 0));
      checkAttention(spec, rows, rows, AttentionMask.window(lengths, positions, 20, 20));
      double[] times = new double[batch * rows];
      double[] next = new double[batch * rows];
      for (int r = 0; r < times.length; r++) {
        times[r] = positions[r] / 3;
        next[r] = (positions[r] + 1) / 3;
      }
      checkAttention(spec, rows, rows, AttentionMask.otherTimes(lengths, positions, next, times));
    }
  }

  @Test
  default void attentionOfOneQueryAmidTheKeys() {
    int[] lengths = {207, 1, 90};
    int[] positions = {206, 0, 70};
    for (boolean slopes : new boolean[] {false, true}) {
      AttentionSpec spec = spec(4, 2, 8, slopes);
      checkAttention(spec, 1, 207, AttentionMask.window(lengths, positions, 40, 0));
      checkAttention(spec, 1, 207, AttentionMask.window(lengths, positions, 40, 30));
      checkAttention(spec, 1, 207, AttentionMask.padding(lengths, positions));
    }
  }

  /** More keys than a backend may keep probabilities of, and queries of more than one block. */
  @Test
  default void attentionOnMoreKeysThanAreKept() {
    int keys = 530;
    int queries = 133;
    int[] lengths = {keys, 1, 200};
    int[] positions = AttentionMask.everyRow(3, queries);
    checkAttention(spec(1, 5, -0.75), queries, keys, AttentionMask.padding(lengths));
    AttentionSpec falling = spec(2, 2, 3, true);
    checkAttention(falling, queries, keys, AttentionMask.padding(lengths));
    checkAttention(falling, queries, keys, AttentionMask.window(lengths, positions, 40, 7));
    checkAttention(spec(2, 2, 3, false), 1, keys, AttentionMask.padding(lengths));
  }

  @Test
  default void keysThatNoQuerySeesDoNotMatter() {
    AttentionSpec spec = spec(2, 1, 4, false);
    Shape q = new Shape(1, 40, 8);
    Shape kv = new Shape(1, 40, 16);
    double[] query = bench().values(q.size());
    double[] keyValue = bench().values(kv.size());
    double[] other = keyValue.clone();
    double[] gy = bench().values(q.size());
    for (int i = 23 * 16; i < other.length; i++) {
      other[i] = 7 - 2 * other[i];
    }
    Arrays.fill(gy, 23 * 8, gy.length, 0);
    AttentionMask mask =
        AttentionMask.window(new int[] {40}, AttentionMask.everyRow(1, 40), Integer.MAX_VALUE, 0);
    double[][] found = new double[2][];
    for (int i = 0; i < 2; i++) {
      Tensor tq = bench().input(q, query);
      Tensor tk = bench().input(kv, i == 0 ? keyValue : other);
      Tensor y = bench().output(q);
      Tensor p = saved(spec, q, kv);
      Tensor gQuery = bench().output(q);
      Tensor gKeyValue = bench().output(kv);
      bench().backend().attention(spec, tq, tk, mask, y, p);
      bench()
          .backend()
          .attentionBackward(spec, tq, tk, mask, p, bench().input(q, gy), gQuery, gKeyValue);
      found[i] = Arrays.copyOf(bench().backend().download(y), 23 * 8);
      double[] g = bench().backend().download(gKeyValue);
      assertThat(Arrays.copyOfRange(g, 23 * 16, g.length)).containsOnly(0);
    }
    assertThat(found[1]).isEqualTo(found[0]);
  }

  private void checkAttention(AttentionSpec spec, int batch, int queries, int keys) {
    checkAttention(spec, queries, keys, AttentionMask.padding(bench().lengths(batch, keys)));
  }

  private void checkAttention(AttentionSpec spec, int queries, int keys, AttentionMask mask) {
    Shape q = new Shape(mask.items(), queries, spec.width());
    Shape kv = new Shape(mask.items(), keys, 2 * spec.keyWidth());
    double[] query = bench().values(q.size(), 2);
    double[] keyValue = bench().values(kv.size(), 2);
    checkAttention(spec, q, query, kv, keyValue, mask);
  }

  private void checkAttention(
      AttentionSpec spec, Shape q, double[] query, Shape kv, double[] keyValue, int... lengths) {
    checkAttention(spec, q, query, kv, keyValue, AttentionMask.padding(lengths));
  }

  private void checkAttention(
      AttentionSpec spec,
      Shape q,
      double[] query,
      Shape kv,
      double[] keyValue,
      AttentionMask mask) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    String what = spec + ", " + q + " on " + kv + ", lengths " + Arrays.toString(mask.lengths());
    Reference.Attended expected = Reference.attention(spec, q, query, kv, keyValue, mask);
    Tensor tq = bench.input(q, query);
    Tensor tk = bench.input(kv, keyValue);
    Tensor y = bench.output(q);
    Tensor p = bench.output(backend.savedByAttention(spec, q, kv));
    backend.attention(spec, tq, tk, mask, y, p);
    bench.assertClose("y of " + what, y, expected.y());
    double[] actual = backend.download(p);
    if (p.shape().equals(spec.probabilities(q, kv))) {
      checkProbabilities(what, spec, q, kv, mask, actual, expected);
    }

    double[] gy = bench.values(q.size());
    Reference.AttentionGradient g =
        Reference.attentionBackward(spec, q, query, kv, keyValue, expected.probabilities(), gy);
    Tensor tg = bench.input(q, gy);
    Tensor gQuery = bench.output(q);
    Tensor gKeyValue = bench.output(kv);
    backend.attentionBackward(spec, tq, tk, mask, p, tg, gQuery, gKeyValue);
    bench.assertClose("query gradient of " + what, gQuery, g.gQuery());
    bench.assertClose("key gradient of " + what, gKeyValue, g.gKeyValue());
    bench.assertSame("query", tq, query);
    bench.assertSame("keys", tk, keyValue);
    bench.assertSame("gy", tg, gy);
    assertThat(backend.download(p)).as("what was saved is kept").isEqualTo(actual);
  }

  private void checkProbabilities(
      String what,
      AttentionSpec spec,
      Shape q,
      Shape kv,
      AttentionMask mask,
      double[] actual,
      Reference.Attended expected) {
    int stride = spec.probabilities(q, kv).cols();
    double[] kept = new double[expected.probabilities().length];
    for (int i = 0; i < kept.length; i++) {
      int row = i / kv.rows();
      int key = i % kv.rows();
      int length = mask.length(row / q.rows() / spec.heads());
      boolean defined = key < length || !spec.removesMaskedKeys();
      kept[i] = defined ? actual[row * stride + key] : 0;
    }
    bench().assertClose("probabilities of " + what, kept, expected.probabilities());
  }

  private Tensor saved(AttentionSpec spec, Shape query, Shape keyValue) {
    return bench().output(bench().backend().savedByAttention(spec, query, keyValue));
  }

  @Test
  default void removedKeysGetNoGradientAndTheirContentsDoNotMatter() {
    AttentionSpec spec = spec(1, 3, Double.NEGATIVE_INFINITY);
    Shape q = new Shape(1, 5, 3);
    Shape kv = new Shape(1, 21, 6);
    double[] query = bench().values(q.size());
    double[] keyValue = bench().values(kv.size());
    Arrays.fill(keyValue, 18 * 6, keyValue.length, Double.NaN);
    Tensor tq = bench().input(q, query);
    Tensor tk = bench().input(kv, keyValue);
    Tensor y = bench().output(q);
    Tensor p = saved(spec, q, kv);
    Tensor gQuery = bench().output(q);
    Tensor gKeyValue = bench().output(kv);
    int[] lengths = {18};
    bench().backend().attention(spec, tq, tk, lengths, y, p);
    bench().backend().attentionBackward(spec, tq, tk, lengths, p, y, gQuery, gKeyValue);
    assertThat(bench().backend().download(y)).doesNotContain(Double.NaN);
    assertThat(bench().backend().download(gQuery)).doesNotContain(Double.NaN);
    double[] g = bench().backend().download(gKeyValue);
    assertThat(g).doesNotContain(Double.NaN);
    assertThat(Arrays.copyOfRange(g, 18 * 6, g.length)).containsOnly(0);
  }

  @Test
  default void oneKeyHasProbabilityOne() {
    AttentionSpec spec = spec(2, 3, Double.NEGATIVE_INFINITY);
    Shape q = new Shape(2, 3, 6);
    Shape kv = new Shape(2, 17, 12);
    double[] keyValue = bench().values(kv.size());
    double[] expected = new double[q.size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = keyValue[i / 18 * 17 * 12 + 6 + i % 6];
    }
    Tensor y = bench().output(q);
    Tensor p = saved(spec, q, kv);
    Tensor query = bench().input(q, bench().values(q.size(), 1e4));
    Tensor keys = bench().input(kv, keyValue);
    int[] lengths = {1, 1};
    bench().backend().attention(spec, query, keys, lengths, y, p);
    bench().assertSame("the only value", y, expected);

    Tensor gy = bench().input(q, bench().values(q.size()));
    Tensor gQuery = bench().output(q);
    Tensor gKeyValue = bench().output(kv);
    bench().backend().attentionBackward(spec, query, keys, lengths, p, gy, gQuery, gKeyValue);
    for (double g : bench().backend().download(gQuery)) {
      assertThat(g).isZero();
    }
  }

  @Test
  default void scoresFarApartSelectTheLargest() {
    AttentionSpec spec = new AttentionSpec(1, 1, 1, Double.NEGATIVE_INFINITY);
    Shape q = Shape.matrix(3, 1);
    Shape kv = Shape.matrix(17, 2);
    double[] keyValue = new double[34];
    double[] expected = {0, 0, 0};
    for (int j = 0; j < 17; j++) {
      keyValue[2 * j] = (j * 5 % 17) - 8;
      keyValue[2 * j + 1] = j + 1;
      // queries 1e30 and -1e30 choose the largest and the smallest key, query 0 takes the mean
      expected[0] = keyValue[2 * j] == 8 ? j + 1 : expected[0];
      expected[1] = keyValue[2 * j] == -8 ? j + 1 : expected[1];
      expected[2] += (j + 1) / 17.0;
    }
    Tensor y = bench().output(q);
    Tensor p = saved(spec, q, kv);
    Tensor query = bench().input(q, 1e30f, -1e30f, 0);
    bench().backend().attention(spec, query, bench().input(kv, keyValue), new int[] {17}, y, p);
    bench().assertClose("selected", y, expected);
  }

  @Test
  default void equalHugeNegativeScoresShareTheProbability() {
    AttentionSpec spec = new AttentionSpec(1, 1, 1, Double.NEGATIVE_INFINITY);
    Shape kv = Shape.matrix(7, 2);
    double[] keyValue = new double[14];
    for (int j = 0; j < 7; j++) {
      keyValue[2 * j] = -1e15f;
      keyValue[2 * j + 1] = j;
    }
    Tensor y = bench().output(Shape.matrix(1, 1));
    Tensor p = saved(spec, y.shape(), kv);
    Tensor query = bench().input(y.shape(), 1e15f);
    bench().backend().attention(spec, query, bench().input(kv, keyValue), new int[] {7}, y, p);
    bench().assertClose("mean", y, new double[] {3});
  }

  @Test
  default void aFiniteMaskThatOverflowsFloat32Removes() {
    AttentionSpec spec = new AttentionSpec(1, 2, 1, -Double.MAX_VALUE);
    Shape q = Shape.matrix(2, 2);
    Shape kv = Shape.matrix(5, 4);
    double[] query = bench().values(4);
    double[] keyValue = bench().values(20);
    checkAttention(spec, q, query, kv, keyValue, new int[] {3});
    checkAttention(
        new AttentionSpec(1, 2, 1, -Float.MAX_VALUE), q, query, kv, keyValue, new int[] {3});
  }

  @Test
  default void maskedKeysWinWhereTheFillIsAboveTheScores() {
    AttentionSpec spec = new AttentionSpec(1, 1, 1, -100);
    Shape kv = Shape.matrix(3, 2);
    double[] keyValue = {-1000, 1, 0, 2, -1000, 3};
    checkAttention(spec, Shape.matrix(1, 1), new double[] {1}, kv, keyValue, new int[] {1});
  }
}
