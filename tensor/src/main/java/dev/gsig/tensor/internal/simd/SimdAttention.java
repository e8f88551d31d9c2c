package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.internal.SizeClasses;
import java.util.Arrays;

/**
 * Attention on token panels, one item and one head at a time. Scores are stored with the queries as
 * lanes, {@code [key][16 queries]}, so that softmax runs lane by lane; sums over keys and over
 * queries are ascending fma chains.
 *
 * <p>The keys and the values of a head are copied side by side before they are used: where they
 * lie, panels are a multiple of 4 KiB apart and would push each other out of the first cache.
 */
final class SimdAttention {
  /** Panel rows that the product kernels take at once. */
  private static final int TILE = 8;

  private static final float[] ZEROS = new float[TILE * LANES];

  private final KernelChoice choice;
  private final SizeClasses<float[]> arena;

  SimdAttention(KernelChoice choice, SizeClasses<float[]> arena) {
    this.choice = choice;
    this.arena = arena;
  }

  /**
   * Keys or values of one head, side by side.
   *
   * @param data {@code [key/16][feature][16 keys]}
   */
  private record Head(float[] data, int headSize, int keys) {
    int panelSize() {
      return headSize * LANES;
    }

    /** Copies them from where they lie. */
    void copy(SimdTensor keyValue, int from) {
      for (int i = 0; i < SimdTensor.panels(keys); i++) {
        System.arraycopy(
            keyValue.data, from + i * keyValue.panelSize(), data, i * panelSize(), panelSize());
      }
    }
  }

  /** The arrays that one item needs for each head in turn. */
  private final class Heads implements AutoCloseable {
    final Head keys;
    final Head values;
    private final int size;

    Heads(AttentionSpec spec, SimdTensor keyValue, int length) {
      int live = spec.removesMaskedKeys() ? length : keyValue.shape().rows();
      size = SimdTensor.panels(live) * spec.headSize() * LANES;
      keys = new Head(arena.take(size), spec.headSize(), live);
      values = new Head(arena.take(size), spec.headSize(), live);
    }

    @Override
    public void close() {
      arena.giveBack(keys.data);
      arena.giveBack(values.data);
    }
  }

  void forward(
      AttentionSpec spec,
      SimdTensor query,
      SimdTensor keyValue,
      int[] lengths,
      SimdTensor y,
      SimdTensor probabilities) {
    PanelKernels kernels = choice.kernels();
    int step = probabilities.panelSize();
    float[] s = probabilities.data;
    float[] row = arena.take(LANES);
    for (int b = 0; b < lengths.length; b++) {
      try (Heads heads = new Heads(spec, keyValue, lengths[b])) {
        for (int h = 0; h < spec.heads(); h++) {
          int head = h * spec.headSize() * LANES;
          heads.keys.copy(keyValue, b * keyValue.itemSize() + head);
          heads.values.copy(keyValue, b * keyValue.itemSize() + spec.width() * LANES + head);
          for (int i = 0; i < query.panels(); i += 2) {
            int panels = Math.min(2, query.panels() - i);
            int q0 = b * query.itemSize() + i * query.panelSize() + head;
            int p0 = (b * spec.heads() + h) * probabilities.itemSize() + i * step;
            scores(heads.keys, panels, query, q0, s, p0, step);
            for (int p = 0; p < panels; p++) {
              kernels.softmax(
                  s,
                  p0 + p * step,
                  heads.keys.keys,
                  (float) spec.scale(),
                  lengths[b],
                  (float) spec.maskValue(),
                  row);
            }
            mixture(heads.values, panels, s, p0, step, y, q0);
          }
        }
      }
    }
    arena.giveBack(row);
  }

  /** {@code s[key][16] = sum_f kv(key, f) x[f][16]} for one or two query panels. */
  private void scores(Head kv, int panels, SimdTensor x, int x0, float[] s, int s0, int step) {
    PanelKernels kernels = choice.kernels();
    for (int key = 0; key < kv.keys; key += TILE) {
      kernels.lanesTimesRows8(
          panels,
          kv.headSize,
          kv.data,
          key / LANES * kv.panelSize() + key % LANES,
          x.data,
          x0,
          x.panelSize(),
          ZEROS,
          0,
          0,
          s,
          s0 + key * LANES,
          step);
    }
  }

  /** {@code y[f][16] = sum_key kv(key, f) s[key][16]} for one or two query panels. */
  private void mixture(Head kv, int panels, float[] s, int s0, int step, SimdTensor y, int y0) {
    PanelKernels kernels = choice.kernels();
    int f = 0;
    for (; f + TILE <= kv.headSize; f += TILE) {
      kernels.rowsTimesRows8(
          panels,
          kv.keys,
          kv.data,
          f * LANES,
          kv.panelSize(),
          s,
          s0,
          step,
          y.data,
          y0 + f * LANES,
          y.panelSize());
    }
    for (; f < kv.headSize; f++) {
      for (int p = 0; p < panels; p++) {
        kernels.rowsTimesRows1(
            kv.keys,
            kv.data,
            f * LANES,
            kv.panelSize(),
            s,
            s0 + p * step,
            y.data,
            y0 + p * y.panelSize() + f * LANES);
      }
    }
  }

  void backward(
      AttentionSpec spec,
      SimdTensor query,
      SimdTensor keyValue,
      int[] lengths,
      SimdTensor probabilities,
      SimdTensor gy,
      SimdTensor gQuery,
      SimdTensor gKeyValue) {
    PanelKernels kernels = choice.kernels();
    int queries = query.shape().rows();
    int step = probabilities.panelSize();
    int transposedSize = query.panels() * LANES * SimdTensor.panels(spec.headSize()) * LANES;
    float[] gs = arena.take(probabilities.itemSize());
    float[] queryRows = arena.take(transposedSize);
    float[] gyRows = arena.take(transposedSize);
    float[] tile = arena.take(LANES * LANES);
    for (int b = 0; b < lengths.length; b++) {
      try (Heads heads = new Heads(spec, keyValue, lengths[b])) {
        for (int h = 0; h < spec.heads(); h++) {
          int head = h * spec.headSize() * LANES;
          int k0 = b * keyValue.itemSize() + head;
          int v0 = k0 + spec.width() * LANES;
          int p0 = (b * spec.heads() + h) * probabilities.itemSize();
          heads.keys.copy(keyValue, k0);
          heads.values.copy(keyValue, v0);
          for (int i = 0; i < query.panels(); i += 2) {
            int panels = Math.min(2, query.panels() - i);
            int q0 = b * query.itemSize() + i * query.panelSize() + head;
            int si = i * step;
            scores(heads.values, panels, gy, q0, gs, si, step);
            for (int p = 0; p < panels; p++) {
              int at = si + p * step;
              kernels.softmaxBackward(
                  probabilities.data, p0 + at, gs, at, heads.keys.keys, (float) spec.scale());
            }
            mixture(heads.keys, panels, gs, si, step, gQuery, q0);
          }
          transpose(spec.headSize(), query, b * query.itemSize() + head, queryRows);
          transpose(spec.headSize(), gy, b * gy.itemSize() + head, gyRows);
          keyGradient(heads.keys, queries, gs, 0, step, queryRows, tile, gKeyValue, k0);
          keyGradient(
              heads.values, queries, probabilities.data, p0, step, gyRows, tile, gKeyValue, v0);
        }
      }
    }
    arena.giveBack(gs);
    arena.giveBack(queryRows);
    arena.giveBack(gyRows);
    arena.giveBack(tile);
  }

  /** One head, {@code [query/16][feature][16]}, to {@code [feature/16][query][16]}. */
  private static void transpose(int headSize, SimdTensor x, int x0, float[] rows) {
    int block = x.panels() * LANES * LANES;
    for (int i = 0; i < x.panels(); i++) {
      for (int f = 0; f < headSize; f++) {
        int from = x0 + i * x.panelSize() + f * LANES;
        int to = f / LANES * block + i * LANES * LANES + f % LANES;
        copyStrided(LANES, x.data, from, 1, rows, to, LANES);
      }
    }
  }

  /**
   * {@code g(key, f) = sum_query s[key][query] rows[query][f]}; keys that took no part get 0.
   *
   * @param s {@code [query/16][key][16 queries]}, panels {@code step} floats apart
   */
  private void keyGradient(
      Head kv,
      int queries,
      float[] s,
      int s0,
      int step,
      float[] rows,
      float[] tile,
      SimdTensor g,
      int g0) {
    PanelKernels kernels = choice.kernels();
    int block = SimdTensor.panels(queries) * LANES * LANES;
    for (int j = 0; j < g.panels(); j++) {
      int to = g0 + j * g.panelSize();
      int live = Math.min(LANES, kv.keys - j * LANES);
      if (live < LANES) {
        Arrays.fill(g.data, to, to + kv.panelSize(), 0f);
      }
      for (int f = 0; live > 0 && f < kv.headSize; f += LANES) {
        kernels.rowsTimesRows16(
            queries, s, s0 + j * LANES * LANES, step, rows, f / LANES * block, tile, 0);
        for (int c = 0; c < Math.min(LANES, kv.headSize - f); c++) {
          copyStrided(live, tile, c, LANES, g.data, to + (f + c) * LANES, 1);
        }
      }
    }
  }

  private static void copyStrided(
      int n, float[] from, int from0, int fromStep, float[] to, int to0, int toStep) {
    for (int i = 0; i < n; i++) {
      to[to0 + i * toStep] = from[from0 + i * fromStep];
    }
  }
}
