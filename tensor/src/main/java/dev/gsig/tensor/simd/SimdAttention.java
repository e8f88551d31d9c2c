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
        for (int i = 0; i < query.panels(); i++) {
          int q0 = b * query.itemSize() + i * query.panelSize() + head;
          int p0 =
              (b * spec.heads() + h) * probabilities.itemSize() + i * probabilities.panelSize();
          products(spec, keyValue, k0, keys, query.data, q0, probabilities.data, p0);
          kernels.softmax(
              probabilities.data,
              p0,
              keys,
              (float) spec.scale(),
              lengths[b],
              (float) spec.maskValue());
          sums(spec, keyValue, v0, keys, probabilities.data, p0, y.data, q0);
        }
      }
    }
  }

  /** {@code out[key][16] = sum_f kv(key, f) x[f][16]} for one query panel. */
  private void products(
      AttentionSpec spec,
      SimdTensor keyValue,
      int kv0,
      int keys,
      float[] x,
      int x0,
      float[] out,
      int out0) {
    for (int j = 0; j < SimdTensor.panels(keys); j++) {
      kernels.lanesTimesRows(
          spec.headSize(),
          keyValue.data,
          kv0 + j * keyValue.panelSize(),
          x,
          x0,
          out,
          out0 + j * LANES * LANES);
    }
  }

  /** {@code out[f][16] = sum_key kv(key, f) x[key][16]} for one query panel. */
  private void sums(
      AttentionSpec spec,
      SimdTensor keyValue,
      int kv0,
      int keys,
      float[] x,
      int x0,
      float[] out,
      int out0) {
    for (int f = 0; f < spec.headSize(); f += 4) {
      int o = f * LANES;
      int rows = Math.min(4, spec.headSize() - f);
      sumRows(keys, rows, keyValue.data, kv0 + o, keyValue.panelSize(), x, x0, out, out0 + o);
    }
  }

  /**
   * {@code y[i] = sum_{p<n} a(i, p) b[p]} for up to 4 panel rows i, where {@code a(i, p)} is lane
   * {@code p % 16} of panel row i in panel {@code p / 16}, panels {@code aPanel} floats apart.
   */
  private void sumRows(
      int n, int rows, float[] a, int a0, int aPanel, float[] b, int b0, float[] y, int y0) {
    Arrays.fill(y, y0, y0 + rows * LANES, 0f);
    for (int first = 0; first < n; first += LANES) {
      int k = Math.min(LANES, n - first);
      int ap = a0 + first / LANES * aPanel;
      int bp = b0 + first * LANES;
      if (rows == 4) {
        kernels.rowsTimesRows4(k, a, ap, b, bp, y, y0);
      } else {
        for (int i = 0; i < rows; i++) {
          kernels.rowsTimesRows1(k, a, ap + i * LANES, b, bp, y, y0 + i * LANES);
        }
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
    int transposedSize = query.panels() * LANES * SimdTensor.panels(spec.headSize()) * LANES;
    float[] gs = arena.take(probabilities.itemSize());
    float[] queryRows = arena.take(transposedSize);
    float[] gyRows = arena.take(transposedSize);
    float[] tile = arena.take(LANES * LANES);
    for (int b = 0; b < lengths.length; b++) {
      int keys = keys(spec, keyValue, lengths[b]);
      for (int h = 0; h < spec.heads(); h++) {
        int head = h * spec.headSize() * LANES;
        int k0 = b * keyValue.itemSize() + head;
        int v0 = k0 + spec.width() * LANES;
        int p0 = (b * spec.heads() + h) * probabilities.itemSize();
        for (int i = 0; i < query.panels(); i++) {
          int q0 = b * query.itemSize() + i * query.panelSize() + head;
          int pi = p0 + i * probabilities.panelSize();
          int si = i * probabilities.panelSize();
          products(spec, keyValue, v0, keys, gy.data, q0, gs, si);
          kernels.softmaxBackward(probabilities.data, pi, gs, si, keys, (float) spec.scale());
          sums(spec, keyValue, k0, keys, gs, si, gQuery.data, q0);
          transpose(spec.headSize(), query, q0, i, queryRows);
          transpose(spec.headSize(), gy, q0, i, gyRows);
        }
        int panel = probabilities.panelSize();
        keyGradient(spec, queries, keys, gs, 0, panel, queryRows, tile, gKeyValue, k0);
        keyGradient(
            spec, queries, keys, probabilities.data, p0, panel, gyRows, tile, gKeyValue, v0);
      }
    }
    arena.giveBack(gs, probabilities.itemSize());
    arena.giveBack(queryRows, transposedSize);
    arena.giveBack(gyRows, transposedSize);
    arena.giveBack(tile, LANES * LANES);
  }

  /** One head of panel i, {@code [feature][16 queries]}, to {@code [feature/16][query][16]}. */
  private static void transpose(int headSize, SimdTensor x, int x0, int i, float[] rows) {
    int block = x.panels() * LANES * LANES;
    for (int f = 0; f < headSize; f++) {
      int to = f / LANES * block + i * LANES * LANES + f % LANES;
      for (int lane = 0; lane < LANES; lane++) {
        rows[to + lane * LANES] = x.data[x0 + f * LANES + lane];
      }
    }
  }

  /**
   * {@code g(key, f) = sum_query s[key][query] rows[query][f]}; keys that took no part get 0.
   *
   * @param s {@code [query/16][key][16 queries]}, panels {@code panel} floats apart
   */
  private void keyGradient(
      AttentionSpec spec,
      int queries,
      int keys,
      float[] s,
      int s0,
      int panel,
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
      for (int r = 0; r < live; r += 4) {
        for (int f = 0; f < spec.headSize(); f += LANES) {
          int from = s0 + (j * LANES + r) * LANES;
          sumRows(queries, 4, s, from, panel, rows, f / LANES * block, tile, 0);
          for (int c = 0; c < Math.min(LANES, spec.headSize() - f); c++) {
            for (int q = 0; q < Math.min(4, live - r); q++) {
              g.data[to + (f + c) * LANES + r + q] = tile[q * LANES + c];
            }
          }
        }
      }
    }
  }
}
