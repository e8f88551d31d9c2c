package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bits of an item do not depend on what it was computed with: alone, in any batch, and with any
 * padding of rows behind its own.
 */
class CompositionTest {
  private static final int COLS = 3 * 2 * 19;
  private static final int[] LENGTHS = {37, 1, 20, 16, 17};

  /** A computation on items of {@code [B, L, COLS]}, with gradients like them; 0 behind the end. */
  @FunctionalInterface
  private interface Step {
    /** Returns tensors of {@code [B, L, *]}; rows behind an item's length are not looked at. */
    Tensor[] apply(Backend backend, Tensor x, Tensor gy, int[] lengths);
  }

  /**
   * The step's results for these items, each cut to its own rows, with {@code rows} in the batch.
   */
  private static double[][] run(Backend backend, Step step, int rows, int... items) {
    Shape shape = new Shape(items.length, rows, COLS);
    double[] x = new double[shape.size()];
    double[] gy = new double[shape.size()];
    int[] lengths = new int[items.length];
    // what stands in the padding of x is arbitrary and differs from batch to batch
    Random padding = new Random(31L * rows + Arrays.hashCode(items));
    for (int i = 0; i < items.length; i++) {
      lengths[i] = LENGTHS[items[i]];
      Random random = new Random(items[i]);
      int own = lengths[i] * COLS;
      for (int k = 0; k < rows * COLS; k++) {
        int at = i * rows * COLS + k;
        x[at] = 4 * (k < own ? random : padding).nextDouble() - 2;
      }
      for (int k = 0; k < own; k++) {
        gy[i * rows * COLS + k] = random.nextDouble() - 0.5;
      }
    }
    Tensor tx = backend.upload(shape, x);
    Tensor tg = backend.upload(shape, gy);
    Tensor[] results = step.apply(backend, tx, tg, lengths);
    double[][] cut = new double[items.length][0];
    for (Tensor t : results) {
      double[] all = backend.download(t);
      int width = t.shape().cols();
      for (int i = 0; i < items.length; i++) {
        int from = i * t.shape().rows() * width;
        int count = Math.min(t.shape().rows(), lengths[i]) * width;
        int old = cut[i].length;
        cut[i] = Arrays.copyOf(cut[i], old + count);
        System.arraycopy(all, from, cut[i], old, count);
      }
      backend.release(t);
    }
    backend.release(tx);
    backend.release(tg);
    return cut;
  }

  private static void checkAll(Step step) {
    for (String name : new String[] {"simd", "simd-vector", "simd-scalar"}) {
      try (Backend backend = Backends.open(name)) {
        double[][] together = run(backend, step, 37, 0, 1, 2, 3, 4);
        double[][] padded = run(backend, step, 65, 4, 3, 2, 1, 0);
        double[][] some = run(backend, step, 40, 2, 4);
        for (int i = 0; i < LENGTHS.length; i++) {
          double[] alone = run(backend, step, LENGTHS[i], i)[0];
          assertThat(alone).doesNotContain(Double.NaN);
          Bits.assertSame(name + ", in a batch, item " + i, together[i], alone);
          Bits.assertSame(name + ", padded, item " + i, padded[4 - i], alone);
        }
        Bits.assertSame(name + ", item 2 of two", some[0], together[2]);
        Bits.assertSame(name + ", item 4 of two", some[1], together[4]);
      }
    }
  }

  @Test
  void linear() {
    Random random = new Random(1);
    double[] weight = random.doubles(70 * COLS).map(v -> v - 0.5).toArray();
    double[] bias = random.doubles(70).toArray();
    checkAll(
        (backend, x, gy, lengths) -> {
          LinearWeights w = backend.linearWeights(70, COLS, weight, bias);
          LinearWeights back = backend.linearWeights(COLS, 70, weight, null);
          Tensor y = backend.allocate(x.shape().withCols(70));
          backend.linear(x, w, y);
          Tensor gx = backend.allocate(x.shape().withCols(70));
          backend.linearBackward(gy, back, gx, false);
          return new Tensor[] {y, gx};
        });
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activation(Activation act) {
    checkAll(
        (backend, x, gy, lengths) -> {
          Tensor y = backend.allocate(x.shape());
          Tensor derivative = backend.allocate(x.shape());
          backend.activation(act, x, y, derivative);
          return new Tensor[] {y, derivative};
        });
  }

  @Test
  void elementwise() {
    checkAll(
        (backend, x, gy, lengths) -> {
          Tensor product = backend.allocate(x.shape());
          backend.multiply(x, gy, product, false);
          backend.multiply(x, x, product, true);
          Tensor sum = backend.allocate(x.shape());
          backend.add(x, gy, sum);
          return new Tensor[] {product, sum};
        });
  }

  @Test
  void layerNorm() {
    Random random = new Random(2);
    double[] gamma = random.doubles(COLS).toArray();
    double[] beta = random.doubles(COLS).toArray();
    checkAll(
        (backend, x, gy, lengths) -> {
          NormWeights w = backend.normWeights(gamma, beta, 1e-12);
          Tensor y = backend.allocate(x.shape());
          Tensor normalized = backend.allocate(x.shape());
          Tensor deviation = backend.allocate(x.shape().withCols(1));
          backend.layerNorm(x, gy, w, y, normalized, deviation);
          Tensor gs = backend.allocate(x.shape());
          backend.layerNormBackward(gy, w, normalized, deviation, gs);
          return new Tensor[] {y, normalized, deviation, gs};
        });
  }

  private static Tensor columns(Backend backend, Tensor x, int from, int count) {
    Tensor y = backend.allocate(x.shape().withCols(count));
    backend.copyColumns(x, from, y, 0, count, false);
    return y;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 19})
  void attentionWithRemovedKeys(int headSize) {
    AttentionSpec spec =
        new AttentionSpec(COLS / 3 / headSize, headSize, 0.3, Double.NEGATIVE_INFINITY);
    checkAll(
        (backend, x, gy, lengths) -> {
          Tensor query = columns(backend, x, 0, spec.width());
          Tensor keyValue = columns(backend, x, spec.width(), 2 * spec.width());
          Tensor g = columns(backend, gy, 0, spec.width());
          Tensor y = backend.allocate(query.shape());
          Tensor p = backend.allocate(spec.probabilities(query.shape(), keyValue.shape()));
          backend.attention(spec, query, keyValue, lengths, y, p);
          Tensor gQuery = backend.allocate(query.shape());
          Tensor gKeyValue = backend.allocate(keyValue.shape());
          backend.attentionBackward(spec, query, keyValue, lengths, p, g, gQuery, gKeyValue);
          for (Tensor t : new Tensor[] {query, keyValue, g, p}) {
            backend.release(t);
          }
          return new Tensor[] {y, gQuery, gKeyValue};
        });
  }

  @Test
  void oneQueryOfSeveral() {
    AttentionSpec spec = new AttentionSpec(2, 19, 0.3, Double.NEGATIVE_INFINITY);
    checkAll(
        (backend, x, gy, lengths) -> {
          Tensor all = columns(backend, x, 0, spec.width());
          Tensor keyValue = columns(backend, x, spec.width(), 2 * spec.width());
          Tensor full = backend.allocate(all.shape());
          Tensor p = backend.allocate(spec.probabilities(all.shape(), keyValue.shape()));
          backend.attention(spec, all, keyValue, lengths, full, p);
          backend.release(p);

          // the first query of each item by itself gives the first row of the full result
          int items = x.shape().batch();
          Tensor first = firstRows(backend, all);
          Tensor y = backend.allocate(first.shape());
          p = backend.allocate(spec.probabilities(first.shape(), keyValue.shape()));
          backend.attention(spec, first, keyValue, lengths, y, p);
          Tensor expected = firstRows(backend, full);
          Bits.assertSame(
              items + " first queries", backend.download(y), backend.download(expected));
          for (Tensor t : new Tensor[] {all, keyValue, full, p, first, expected}) {
            backend.release(t);
          }
          return new Tensor[] {y};
        });
  }

  /** Row 0 of each item, {@code [B, 1, d]}. */
  private static Tensor firstRows(Backend backend, Tensor x) {
    Shape s = x.shape();
    double[] all = backend.download(x);
    double[] first = new double[s.batch() * s.cols()];
    for (int b = 0; b < s.batch(); b++) {
      System.arraycopy(all, b * s.rows() * s.cols(), first, b * s.cols(), s.cols());
    }
    return backend.upload(new Shape(s.batch(), 1, s.cols()), first);
  }

  @Test
  void meanAndSelectedRows() {
    checkAll(
        (backend, x, gy, lengths) -> {
          int items = x.shape().batch();
          Tensor pooled = backend.allocate(Shape.matrix(items, COLS));
          backend.meanRows(x, lengths, pooled);
          Tensor gMean = backend.allocate(x.shape());
          backend.meanRowsBackward(pooled, lengths, gMean);
          int[] last = new int[items];
          Arrays.setAll(last, b -> b * x.shape().rows() + lengths[b] - 1);
          backend.gather(x, last, pooled, false);
          Tensor gSelect = backend.allocate(x.shape());
          backend.fill(gSelect, 0);
          backend.scatterAdd(pooled, last, gSelect);
          backend.release(pooled);
          return new Tensor[] {gMean, gSelect};
        });
  }

  @Test
  void gruItems() {
    try (Backend backend = Backends.open("simd")) {
      Random random = new Random(3);
      int items = 19;
      int hidden = 5;
      double[] input = random.doubles(items * 3 * hidden).toArray();
      double[] hiddenGates = random.doubles(items * 3 * hidden).toArray();
      double[] state = random.doubles(items * hidden).toArray();
      double[] all = gru(backend, hidden, input, hiddenGates, state);
      for (int b = 0; b < items; b++) {
        double[] alone =
            gru(
                backend,
                hidden,
                Arrays.copyOfRange(input, b * 3 * hidden, (b + 1) * 3 * hidden),
                Arrays.copyOfRange(hiddenGates, b * 3 * hidden, (b + 1) * 3 * hidden),
                Arrays.copyOfRange(state, b * hidden, (b + 1) * hidden));
        double[] together = Arrays.copyOfRange(all, b * hidden, (b + 1) * hidden);
        Bits.assertSame("item " + b, together, alone);
      }
    }
  }

  private static double[] gru(
      Backend backend, int hidden, double[] input, double[] hiddenGates, double[] state) {
    int items = state.length / hidden;
    boolean[] active = new boolean[items];
    Arrays.fill(active, true);
    Tensor y = backend.allocate(Shape.matrix(items, hidden));
    backend.gruCell(
        backend.upload(Shape.matrix(items, 3 * hidden), input),
        backend.upload(Shape.matrix(items, 3 * hidden), hiddenGates),
        backend.upload(Shape.matrix(items, hidden), state),
        active,
        y,
        backend.allocate(Shape.matrix(items, 3 * hidden)));
    return backend.download(y);
  }
}
