package dev.gsig.tensor.simd;

import static dev.gsig.tensor.simd.SimdTensor.LANES;

import dev.gsig.tensor.AttentionSpec;
import dev.gsig.tensor.SizeClasses;
import java.util.Arrays;

/**
 * Attention on token panels, one item and one head at a time. Scores are stored with the queries as
 * lanes, {@code [key][16 queries]}, so that softmax runs lane by lane; sums over keys and over
 * queries are ascending fma chains.
 */
final class SimdAttention {
  /** Panel rows that the product kernels take at once. */
  private static final int TILE = 8;

  private final PanelKernels kernels;
  private final SizeClasses<float[]> arena;

  SimdAttention(PanelKernels kernels, SizeClasses<float[]> arena) {
    this.kernels = kernels;
    this.arena = arena;
  }

  private static int keys(AttentionSpec spec, SimdTensor keyValue, int length) {
    return spec.removesMaskedKeys() ? length : keyValue.shape().rows();
  }

  void forward(
      AttentionSpec spec,
      SimdTensor query,
      SimdTensor keyValue,
      int[] lengths,
      SimdTensor y,
      SimdTensor probabilities) {
    for (int b = 0; b < lengths.length; b++) {
      int keys = keys(spec, keyValue, lengths[b]);
      for (int h = 0; h < spec.heads(); h++) {
        int head = h * spec.headSize() * LANES;
        int k0 = b * keyValue.itemSize() + head;
        int v0 = k0 + spec.width() * LANES;
        for (int i = 0; i < query.panels(); i += 2) {
          int panels = Math.min(2, query.panels() - i);
          int q0 = b * query.itemSize() + i * query.panelSize() + head;
          int step = probabilities.panelSize();
          int p0 = (b * spec.heads() + h) * probabilities.itemSize() + i * step;
          scores(spec, keyValue, k0, keys, panels, query, q0, probabilities.data, p0, step);
          for (int p = 0; p < panels; p++) {
            kernels.softmax(
                probabilities.data,
                p0 + p * step,
                keys,
                (float) spec.scale(),
                lengths[b],
                (float) spec.maskValue());
          }
          mixture(spec, keyValue, v0, keys, panels, probabilities.data, p0, step, y, q0);
        }
      }
    }
  }

  /** {@code s[key][16] = sum_f kv(key, f) x[f][16]} for one or two query panels. */
  private void scores(
      AttentionSpec spec,
      SimdTensor keyValue,
      int kv0,
      int keys,
      int panels,
      SimdTensor x,
      int x0,
      float[] s,
      int s0,
      int step) {
    for (int p = 0; p < panels; p++) {
      Arrays.fill(s, s0 + p * step, s0 + p * step + SimdTensor.panels(keys) * LANES * LANES, 0f);
    }
    for (int key = 0; key < keys; key += TILE) {
      kernels.lanesTimesRows8(
          panels,
          spec.headSize(),
          keyValue.data,
          kv0 + key / LANES * keyValue.panelSize() + key % LANES,
          x.data,
          x0,
          x.panelSize(),
          s,
          s0 + key * LANES,
          step);
    }
  }

  /** {@code y[f][16] = sum_key kv(key, f) s[key][16]} for one or two query panels. */
  private void mixture(
      AttentionSpec spec,
      SimdTensor keyValue,
      int kv0,
      int keys,
      int panels,
      float[] s,
      int s0,
      int step,
      SimdTensor y,
      int y0) {
    for (int p = 0; p < panels; p++) {
      int to = y0 + p * y.panelSize();
      Arrays.fill(y.data, to, to + spec.headSize() * LANES, 0f);
    }
    int aStep = keyValue.panelSize();
    int f = 0;
    for (; f + TILE <= spec.headSize(); f += TILE) {
      int from = kv0 + f * LANES;
      int to = y0 + f * LANES;
      kernels.rowsTimesRows8(
          panels, keys, keyValue.data, from, aStep, s, s0, step, y.data, to, y.panelSize());
    }
    for (; f < spec.headSize(); f++) {
      for (int p = 0; p < panels; p++) {
        int to = y0 + p * y.panelSize() + f * LANES;
        kernels.rowsTimesRows1(
            keys, keyValue.data, kv0 + f * LANES, aStep, s, s0 + p * step, y.data, to);
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
    int queries = query.shape().rows();
    int step = probabilities.panelSize();
    int transposedSize = query.panels() * LANES * SimdTensor.panels(spec.headSize()) * LANES;
    float[] gs = arena.take(probabilities.itemSize());
    float[] queryRows = arena.take(transposedSize);
    float[] gyRows = arena.take(transposedSize);
    float[] tile = arena.take(2 * TILE * LANES);
    for (int b = 0; b < lengths.length; b++) {
      int keys = keys(spec, keyValue, lengths[b]);
      for (int h = 0; h < spec.heads(); h++) {
        int head = h * spec.headSize() * LANES;
        int k0 = b * keyValue.itemSize() + head;
        int v0 = k0 + spec.width() * LANES;
        int p0 = (b * spec.heads() + h) * probabilities.itemSize();
        for (int i = 0; i < query.panels(); i += 2) {
          int panels = Math.min(2, query.panels() - i);
          int q0 = b * query.itemSize() + i * query.panelSize() + head;
          int si = i * step;
          scores(spec, keyValue, v0, keys, panels, gy, q0, gs, si, step);
          for (int p = 0; p < panels; p++) {
            int at = si + p * step;
            kernels.softmaxBackward(
                probabilities.data, p0 + at, gs, at, keys, (float) spec.scale());
          }
          mixture(spec, keyValue, k0, keys, panels, gs, si, step, gQuery, q0);
        }
        transpose(spec.headSize(), query, b * query.itemSize() + head, queryRows);
        transpose(spec.headSize(), gy, b * gy.itemSize() + head, gyRows);
        keyGradient(spec, queries, keys, gs, 0, step, queryRows, tile, gKeyValue, k0);
        keyGradient(spec, queries, keys, probabilities.data, p0, step, gyRows, tile, gKeyValue, v0);
      }
    }
    arena.giveBack(gs, probabilities.itemSize());
    arena.giveBack(queryRows, transposedSize);
    arena.giveBack(gyRows, transposedSize);
    arena.giveBack(tile, 2 * TILE * LANES);
  }

  /** One head, {@code [query/16][feature][16]}, to {@code [feature/16][query][16]}. */
  private static void transpose(int headSize, SimdTensor x, int x0, float[] rows) {
    int block = x.panels() * LANES * LANES;
    for (int i = 0; i < x.panels(); i++) {
      for (int f = 0; f < headSize; f++) {
        int from = x0 + i * x.panelSize() + f * LANES;
        int to = f / LANES * block + i * LANES * LANES + f % LANES;
        for (int lane = 0; lane < LANES; lane++) {
          rows[to + lane * LANES] = x.data[from + lane];
        }
      }
    }
  }

  /**
   * {@code g(key, f) = sum_query s[key][query] rows[query][f]}; keys that took no part get 0.
   *
   * @param s {@code [query/16][key][16 queries]}, panels {@code step} floats apart
   */
  private void keyGradient(
      AttentionSpec spec,
      int queries,
      int keys,
      float[] s,
      int s0,
      int step,
      float[] rows,
      float[] tile,
      SimdTensor g,
      int g0) {
    int block = SimdTensor.panels(queries) * LANES * LANES;
    for (int j = 0; j < g.panels(); j++) {
      int to = g0 + j * g.panelSize();
      int live = Math.min(LANES, keys - j * LANES);
      if (live < LANES) {
        Arrays.fill(g.data, to, to + spec.headSize() * LANES, 0f);
      }
      for (int r = 0; r < live; r += TILE) {
        int from = s0 + (j * LANES + r) * LANES;
        for (int f = 0; f < spec.headSize(); f += 2 * LANES) {
          int features = Math.min(2 * LANES, spec.headSize() - f);
          Arrays.fill(tile, 0, 2 * TILE * LANES, 0f);
          kernels.rowsTimesRows8(
              SimdTensor.panels(features),
              queries,
              s,
              from,
              step,
              rows,
              f / LANES * block,
              block,
              tile,
              0,
              TILE * LANES);
          for (int c = 0; c < features; c++) {
            int source = c / LANES * TILE * LANES + c % LANES;
            int target = to + (f + c) * LANES + r;
            for (int q = 0; q < Math.min(TILE, live - r); q++) {
              g.data[target + q] = tile[source + q * LANES];
            }
          }
        }
      }
    }
  }
}
