package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Path points and weighted sums have the same bits however the steps are cut into chunks. */
class ChunkingTest {
  private static final int STEPS = 13;
  private static final Shape ITEM = Shape.matrix(19, 7);

  private static double[] values(long seed, int n) {
    return new Random(seed).doubles(n).map(v -> 2 * v - 1).toArray();
  }

  /** The sum over all steps, with {@code size} of them in a tensor. */
  private static double[] accumulate(Backend backend, int size) {
    double[] g = values(1, STEPS * ITEM.size());
    double[] weights = values(2, STEPS);
    Tensor sum = backend.upload(ITEM, values(3, ITEM.size()));
    for (int from = 0; from < STEPS; from += size) {
      int to = Math.min(STEPS, from + size);
      Tensor chunk =
          backend.upload(
              ITEM.withBatch(to - from),
              Arrays.copyOfRange(g, from * ITEM.size(), to * ITEM.size()));
      backend.addWeighted(chunk, Arrays.copyOfRange(weights, from, to), 0, to - from, sum);
    }
    return backend.download(sum);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simd", "simd-vector", "simd-scalar"})
  void addWeightedInTensorsOfAnySize(String name) {
    try (Backend backend = Backends.open(name)) {
      double[] whole = accumulate(backend, STEPS);
      for (int size = 1; size < STEPS; size++) {
        Bits.assertSame("chunks of " + size, accumulate(backend, size), whole);
      }
    }
  }

  @Test
  void addWeightedInRangesOfOneTensor() {
    try (Backend backend = Backends.open("simd")) {
      Tensor g = backend.upload(ITEM.withBatch(STEPS), values(1, STEPS * ITEM.size()));
      double[] weights = values(2, STEPS);
      Tensor sum = backend.upload(ITEM, values(3, ITEM.size()));
      int from = 0;
      for (int to : new int[] {1, 1, 6, 12, STEPS}) {
        backend.addWeighted(g, weights, from, to, sum);
        from = to;
      }
      Bits.assertSame("ranges", backend.download(sum), accumulate(backend, STEPS));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simd", "simd-vector", "simd-scalar"})
  void lerpInChunksOfAnySize(String name) {
    try (Backend backend = Backends.open(name)) {
      double[] alphas = new double[STEPS];
      for (int k = 0; k < STEPS; k++) {
        alphas[k] = Math.pow((k + 1.0) / STEPS, 0.569);
      }
      Tensor start = backend.upload(ITEM, values(4, ITEM.size()));
      Tensor end = backend.upload(ITEM, values(5, ITEM.size()));
      double[] whole = lerp(backend, start, end, alphas);
      for (int k = 0; k < STEPS; k++) {
        double[] alone = lerp(backend, start, end, new double[] {alphas[k]});
        double[] part = Arrays.copyOfRange(whole, k * ITEM.size(), (k + 1) * ITEM.size());
        Bits.assertSame("step " + k, part, alone);
      }
    }
  }

  private static double[] lerp(Backend backend, Tensor start, Tensor end, double[] alphas) {
    Tensor y = backend.allocate(ITEM.withBatch(alphas.length));
    backend.lerp(start, end, alphas, y, 0);
    return backend.download(y);
  }
}
