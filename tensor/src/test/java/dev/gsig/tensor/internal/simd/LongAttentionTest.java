package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attention of long sequences, whose probabilities are not kept: it has the bits of those that are,
 * agrees with float64, and takes memory in proportion to the length.
 */
class LongAttentionTest {
  /** Up to so many keys probabilities are kept. */
  private static final int KEPT = 512;

  private static final int HEAD = 5;
  private static final int HEADS = 4;

  /** What queries see, with or without slopes and shared keys. */
  enum Kind {
    PADDING {
      @Override
      AttentionMask mask(int[] lengths, int rows) {
        return AttentionMask.padding(lengths);
      }
    },
    CAUSAL {
      @Override
      AttentionMask mask(int[] lengths, int rows) {
        int[] positions = AttentionMask.everyRow(lengths.length, rows);
        return AttentionMask.window(lengths, positions, Integer.MAX_VALUE, 0);
      }
    },
    WINDOW {
      @Override
      AttentionMask mask(int[] lengths, int rows) {
        return AttentionMask.window(lengths, AttentionMask.everyRow(lengths.length, rows), 70, 9);
      }
    },
    /** Of which many queries see only themselves between others that see the first keys. */
    OTHER_TIMES {
      @Override
      AttentionMask mask(int[] lengths, int rows) {
        int[] positions = AttentionMask.everyRow(lengths.length, rows);
        double[] times = Arrays.stream(positions).mapToDouble(p -> p / 150).toArray();
        return AttentionMask.otherTimes(lengths, positions, times, times);
      }
    };

    abstract AttentionMask mask(int[] lengths, int rows);

    AttentionSpec spec() {
      List<Double> slopes = this == CAUSAL ? List.of(0.5, 0.1, 0.01, 0.0) : List.of();
      int keyHeads = this == PADDING || this == CAUSAL ? HEADS / 2 : HEADS;
      return new AttentionSpec(HEADS, keyHeads, HEAD, 0.7, Double.NEGATIVE_INFINITY, slopes);
    }
  }

  /** Result and gradients of some items, of which each has what its seed gives. */
  private static double[][] run(Backend backend, Kind kind, int rows, int... lengths) {
    AttentionSpec spec = kind.spec();
    Shape q = new Shape(lengths.length, rows, spec.width());
    Shape kv = new Shape(lengths.length, rows, 2 * spec.keyWidth());
    List<Tensor> held = new ArrayList<>();
    for (Shape shape : List.of(q, kv, q)) {
      // gradients behind the end are 0, the rest of the padding is whatever
      boolean gradient = held.size() == 2;
      double[] values = new double[shape.size()];
      for (int b = 0; b < lengths.length; b++) {
        Random random = new Random(31L * lengths[b] + held.size());
        for (int i = 0; i < rows * shape.cols(); i++) {
          boolean own = i < lengths[b] * shape.cols();
          values[b * rows * shape.cols() + i] =
              own ? 4 * random.nextDouble() - 2 : gradient ? 0 : rows;
        }
      }
      held.add(backend.upload(shape, values));
    }
    AttentionMask mask = kind.mask(lengths, rows);
    Tensor saved = backend.allocate(backend.savedByAttention(spec, q, kv));
    List<Tensor> results = Stream.of(q, q, kv).map(backend::allocate).toList();
    backend.attention(spec, held.get(0), held.get(1), mask, results.get(0), saved);
    backend.attentionBackward(
        spec, held.get(0), held.get(1), mask, saved, held.get(2), results.get(1), results.get(2));
    double[][] cut = new double[lengths.length][0];
    for (Tensor t : results) {
      double[] all = backend.download(t);
      int item = rows * t.shape().cols();
      for (int b = 0; b < lengths.length; b++) {
        double[] own = Arrays.copyOfRange(all, b * item, b * item + lengths[b] * t.shape().cols());
        cut[b] = Stream.of(cut[b], own).flatMapToDouble(Arrays::stream).toArray();
      }
    }
    Stream.of(held, results, List.of(saved)).flatMap(List::stream).forEach(backend::release);
    return cut;
  }

  /** An item alone keeps its probabilities; the same item among longer ones does not. */
  @ParameterizedTest
  @EnumSource
  void theBitsAreThoseOfProbabilitiesThatAreKept(Kind kind) {
    int[] lengths = {KEPT, 1, 130};
    for (String name : new String[] {"simd-vector", "simd-scalar"}) {
      try (Backend backend = Backends.open(name)) {
        double[][] together = run(backend, kind, KEPT + 33, lengths);
        for (int b = 0; b < lengths.length; b++) {
          double[] alone = run(backend, kind, lengths[b], lengths[b])[0];
          assertThat(alone).doesNotContain(Double.NaN);
          Bits.assertSame(name + ", " + lengths[b] + " keys", together[b], alone);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void itAgreesWithFloat64AndDoesNotDependOnBatchOrKernels(Kind kind) {
    int[] lengths = {KEPT + 1, 655};
    try (Backend vector = Backends.open("simd-vector");
        Backend scalar = Backends.open("simd-scalar");
        Backend float64 = Backends.open("ejml")) {
      double[][] together = run(vector, kind, 655, lengths);
      for (int b = 0; b < lengths.length; b++) {
        String what = lengths[b] + " keys";
        double[] alone = run(vector, kind, lengths[b], lengths[b])[0];
        Bits.assertSame(what + ", in a batch", together[b], alone);
        Bits.assertSame(what + ", scalar", run(scalar, kind, lengths[b], lengths[b])[0], alone);
        double[] expected = run(float64, kind, lengths[b], lengths[b])[0];
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < expected.length; i++) {
          if (!(Math.abs(alone[i] - expected[i]) <= 1e-5 * largest)) {
            assertThat(alone[i]).as("%s, entry %d", what, i).isCloseTo(expected[i], within(0.0));
          }
        }
      }
    }
  }

  private static long arena(int length) {
    try (Backend backend = Backends.open("simd")) {
      run(backend, Kind.WINDOW, length, length);
      return backend.arenaBytes();
    }
  }

  @Test
  void memoryGrowsWithTheLength() {
    long thousand = arena(1024);
    assertThat(arena(2048)).isLessThan(21 * thousand / 10);
    assertThat(arena(4096)).isLessThan(42 * thousand / 10);
    assertThat(thousand).isGreaterThan(1 << 20);
  }
}
