package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.internal.SizeClasses;
import java.util.Arrays;

/**
 * Attention on token panels, one item and one head at a time. Scores are stored with the queries as
 * lanes, {@code [key][16 queries]}, so that softmax runs lane by lane; sums over keys and over
 * queries are ascending fma chains.
 *
 * <p>The keys and the values of a head are copied side by side before they are used: where they
 * lie, panels are a multiple of 4 KiB apart and would push each other out of the first cache.
 *
 * <p>The gradient is worked off in blocks of queries (Dao et al. 2022, FlashAttention, appendix
 * B.4): what it holds grows with the queries plus the keys, not with their product. Of many keys
 * the forward pass keeps, for each query and head, only the statistics of its softmax, and the
 * scores and probabilities of a block are computed again. They are the same bits, since each query
 * has all its keys at once, and the sums over queries go on from block to block.
 */
final class SimdAttention {
  /** Panel rows that the product kernels take at once. */
  private static final int TILE = 8;

  /** Query panels whose scores are held at once for the gradient. */
  private static final int BLOCK = 8;

  /**
   * Up to so many keys their probabilities are kept for the gradient; of more, which take more
   * memory than time, they are computed again.
   */
  private static final int KEPT_KEYS = 512;

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

    int panels() {
      return SimdTensor.panels(keys);
    }

    /** Copies them from where they lie. */
    void copy(SimdTensor keyValue, int from) {
      for (int i = 0; i < panels(); i++) {
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

    /** Copies both of one head, whose keys lie there. */
    void copy(SimdTensor keyValue, int from) {
      keys.copy(keyValue, from);
      values.copy(keyValue, from + keyValue.panelSize() / 2);
    }

    @Override
    public void close() {
      arena.giveBack(keys.data);
      arena.giveBack(values.data);
    }
  }

  /** What {@link #forward} saves: probabilities, or {@code [B*heads, queries, 2]} statistics. */
  static Shape saved(AttentionSpec spec, Shape query, Shape keyValue) {
    return isLong(keyValue)
        ? new Shape(query.batch() * spec.heads(), query.rows(), 2)
        : spec.probabilities(query, keyValue);
  }

  private static boolean isLong(Shape keyValue) {
    return keyValue.rows() > KEPT_KEYS;
  }

  /** Floats from the scores of one panel of queries to those of the next. */
  private static int step(SimdTensor keyValue) {
    return keyValue.panels() * LANES * LANES;
  }

  void forward(
      AttentionSpec spec,
      SimdTensor query,
      SimdTensor keyValue,
      AttentionMask mask,
      SimdTensor y,
      SimdTensor saved) {
    PanelKernels kernels = choice.kernels();
    boolean again = isLong(keyValue.shape());
    int step = step(keyValue);
    float[] s = again ? arena.take(2 * step) : saved.data;
    float[] statistics = again ? saved.data : arena.take(2 * LANES);
    SeenKeys seen = new SeenKeys(spec, mask, query.shape().rows());
    for (int b = 0; b < mask.items(); b++) {
      try (Heads heads = new Heads(spec, keyValue, mask.length(b))) {
        for (int h = 0; h < spec.heads(); h++) {
          int head = h * spec.headSize() * LANES;
          int saved0 = (b * spec.heads() + h) * saved.itemSize();
          if (h % spec.group() == 0) {
            heads.copy(keyValue, keyHead(spec, keyValue, b, h));
          }
          for (int i = 0; i < query.panels(); i += 2) {
            int panels = Math.min(2, query.panels() - i);
            int q0 = b * query.itemSize() + i * query.panelSize() + head;
            int s0 = again ? 0 : saved0 + i * step;
            seen.at(b, i, panels, heads.keys.keys);
            scores(heads.keys, seen, panels, query, q0, s, s0, step);
            for (int p = 0; p < panels; p++) {
              int t0 = again ? saved0 + (i + p) * saved.panelSize() : 0;
              seen.softmax(kernels, h, p, s, s0 + p * step, statistics, t0, false);
              if (!again) {
                seen.clearOthers(s, s0 + p * step);
              }
            }
            mixture(heads.values, seen, panels, s, s0, step, y, q0);
          }
        }
      }
    }
    arena.giveBack(again ? s : statistics);
  }

  /** Where the keys of a head begin, and, a width of all keys further, its values. */
  private static int keyHead(AttentionSpec spec, SimdTensor keyValue, int item, int head) {
    return item * keyValue.itemSize() + head / spec.group() * spec.headSize() * LANES;
  }

  /** {@code s[key][16] = sum_f kv(key, f) x[f][16]} for one or two query panels. */
  private void scores(
      Head kv, SeenKeys range, int panels, SimdTensor x, int x0, float[] s, int s0, int step) {
    PanelKernels kernels = choice.kernels();
    for (int key = range.from; key < range.to; key += TILE) {
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
  private void mixture(
      Head kv, SeenKeys range, int panels, float[] s, int s0, int step, SimdTensor y, int y0) {
    PanelKernels kernels = choice.kernels();
    int keys = range.to - range.from;
    int kv0 = range.from / LANES * kv.panelSize();
    int from = s0 + range.from * LANES;
    int f = 0;
    for (; f + TILE <= kv.headSize; f += TILE) {
      kernels.rowsTimesRows8(
          panels,
          keys,
          kv.data,
          kv0 + f * LANES,
          kv.panelSize(),
          s,
          from,
          step,
          y.data,
          y0 + f * LANES,
          y.panelSize());
    }
    for (; f < kv.headSize; f++) {
      for (int p = 0; p < panels; p++) {
        kernels.rowsTimesRows1(
            keys,
            kv.data,
            kv0 + f * LANES,
            kv.panelSize(),
            s,
            from + p * step,
            y.data,
            y0 + p * y.panelSize() + f * LANES);
      }
    }
  }

  void backward(
      AttentionSpec spec,
      SimdTensor query,
      SimdTensor keyValue,
      AttentionMask mask,
      SimdTensor saved,
      SimdTensor gy,
      SimdTensor gQuery,
      SimdTensor gKeyValue) {
    PanelKernels kernels = choice.kernels();
    boolean again = isLong(keyValue.shape());
    int step = step(keyValue);
    int block = Math.min(BLOCK, query.panels()) * step;
    int features = SimdTensor.panels(spec.headSize()) * LANES;
    float[] gs = arena.take(block);
    float[] ps = again ? arena.take(block) : saved.data;
    float[] queryRows = arena.take(query.panels() * LANES * features);
    float[] gyRows = arena.take(query.panels() * LANES * features);
    float[] gKeys = arena.take(keyValue.panels() * LANES * features);
    float[] gValues = arena.take(keyValue.panels() * LANES * features);
    SeenKeys seen = new SeenKeys(spec, mask, query.shape().rows());
    for (int b = 0; b < mask.items(); b++) {
      try (Heads heads = new Heads(spec, keyValue, mask.length(b))) {
        for (int h = 0; h < spec.heads(); h++) {
          int head = h * spec.headSize() * LANES;
          int k0 = keyHead(spec, keyValue, b, h);
          int v0 = k0 + spec.keyWidth() * LANES;
          int saved0 = (b * spec.heads() + h) * saved.itemSize();
          boolean shared = h % spec.group() > 0;
          if (!shared) {
            heads.copy(keyValue, k0);
          }
          transpose(spec.headSize(), query, b * query.itemSize() + head, queryRows);
          transpose(spec.headSize(), gy, b * gy.itemSize() + head, gyRows);
          Arrays.fill(gKeys, 0, heads.keys.panels() * LANES * features, 0f);
          Arrays.fill(gValues, 0, heads.keys.panels() * LANES * features, 0f);
          for (int first = 0; first < query.panels(); first += BLOCK) {
            int end = Math.min(first + BLOCK, query.panels());
            int p0 = again ? 0 : saved0 + first * step;
            for (int i = first; i < end; i += 2) {
              int panels = Math.min(2, end - i);
              int q0 = b * query.itemSize() + i * query.panelSize() + head;
              int s0 = (i - first) * step;
              seen.at(b, i, panels, heads.keys.keys);
              scores(heads.values, seen, panels, gy, q0, gs, s0, step);
              if (again) {
                scores(heads.keys, seen, panels, query, q0, ps, s0, step);
              }
              for (int p = 0; p < panels; p++) {
                int at = s0 + p * step;
                if (again) {
                  int t0 = saved0 + (i + p) * saved.panelSize();
                  seen.softmax(kernels, h, p, ps, at, saved.data, t0, true);
                  seen.clearRest(ps, at);
                }
                softmaxBackward(spec, seen, ps, p0 + at, gs, at);
                seen.clearRest(gs, at);
              }
              mixture(heads.keys, seen, panels, gs, s0, step, gQuery, q0);
            }
            keyGradient(heads.keys, seen, query, first, end, gs, 0, step, queryRows, gKeys);
            keyGradient(heads.values, seen, query, first, end, ps, p0, step, gyRows, gValues);
          }
          store(heads.keys, gKeys, gKeyValue, k0, shared);
          store(heads.values, gValues, gKeyValue, v0, shared);
        }
      }
    }
    arena.giveBack(gs);
    if (again) {
      arena.giveBack(ps);
    }
    arena.giveBack(queryRows);
    arena.giveBack(gyRows);
    arena.giveBack(gKeys);
    arena.giveBack(gValues);
  }

  private void softmaxBackward(
      AttentionSpec spec, SeenKeys seen, float[] p, int p0, float[] g, int g0) {
    int from = seen.from * LANES;
    int n = seen.to - seen.from;
    choice.kernels().softmaxBackward(p, p0 + from, g, g0 + from, n, (float) spec.scale());
  }

  /** One head, {@code [query/16][feature][16]}, to {@code [feature/16][query][16]}. */
  private void transpose(int headSize, SimdTensor x, int x0, float[] rows) {
    PanelKernels kernels = choice.kernels();
    int block = x.panels() * LANES * LANES;
    for (int i = 0; i < x.panels(); i++) {
      for (int f = 0; f < headSize; f += LANES) {
        int from = x0 + i * x.panelSize() + f * LANES;
        int to = f / LANES * block + i * LANES * LANES;
        if (f + LANES <= headSize) {
          kernels.transpose(x.data, from, rows, to);
        } else {
          transpose(headSize - f, LANES, x.data, from, rows, to);
        }
      }
    }
  }

  /** {@code y[j][i] = x[i][j]} for fewer than 16 panel rows of x, or lanes of them. */
  private static void transpose(int rows, int lanes, float[] x, int x0, float[] y, int y0) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < lanes; j++) {
        y[y0 + j * LANES + i] = x[x0 + i * LANES + j];
      }
    }
  }

  /**
   * {@code g(key, f) = g(key, f) + sum_query s[key][query] rows[query][f]} over the query panels
   * from {@code first} to {@code end - 1}.
   *
   * @param s {@code [query/16][key][16 queries]}, panels {@code step} floats apart, the first at s0
   * @param g {@code [key/16][feature/16][16 keys][16 features]}
   */
  private void keyGradient(
      Head kv,
      SeenKeys seen,
      SimdTensor query,
      int first,
      int end,
      float[] s,
      int s0,
      int step,
      float[] rows,
      float[] g) {
    PanelKernels kernels = choice.kernels();
    int width = SimdTensor.panels(kv.headSize);
    int lastKey = seen.end(first, end - first);
    for (int key = seen.first(first, end - first); key < lastKey; key += LANES) {
      for (int from = first; from < end; ) {
        int to = from;
        while (to < end && seen.isSeen(key, to)) {
          to++;
        }
        int n = Math.min(query.shape().rows(), to * LANES) - from * LANES;
        for (int f = 0; n > 0 && f < width; f++) {
          kernels.rowsTimesRows16(
              Math.min(LANES, kv.keys - key),
              n,
              s,
              s0 + (from - first) * step + key * LANES,
              step,
              rows,
              (f * query.panels() + from) * LANES * LANES,
              g,
              (key / LANES * width + f) * LANES * LANES);
        }
        from = Math.max(to, from + 1);
      }
    }
  }

  /**
   * Puts the gradient of a head where it belongs; keys that took no part get 0.
   *
   * @param sum {@code [key/16][feature/16][16 keys][16 features]}
   * @param goesOn whether it is added to what g holds
   */
  private void store(Head kv, float[] sum, SimdTensor g, int g0, boolean goesOn) {
    PanelKernels kernels = choice.kernels();
    int width = SimdTensor.panels(kv.headSize);
    for (int j = 0; j < g.panels(); j++) {
      int to = g0 + j * g.panelSize();
      int live = Math.max(0, Math.min(LANES, kv.keys - j * LANES));
      for (int f = 0; f < kv.headSize; f += LANES) {
        int from = (j * width + f / LANES) * LANES * LANES;
        int at = to + f * LANES;
        int features = Math.min(LANES, kv.headSize - f);
        if (goesOn) {
          addTransposed(live, features, sum, from, g.data, at);
        } else {
          if (live > 0 && features == LANES) {
            kernels.transpose(sum, from, g.data, at);
          } else {
            transpose(live, features, sum, from, g.data, at);
          }
          clearLanes(live, features, g.data, at);
        }
      }
    }
  }

  private static void clearLanes(int from, int rows, float[] y, int y0) {
    for (int i = 0; i < rows && from < LANES; i++) {
      Arrays.fill(y, y0 + i * LANES + from, y0 + (i + 1) * LANES, 0f);
    }
  }

  /** {@code y[j][i] = y[j][i] + x[i][j]}. */
  private static void addTransposed(int rows, int lanes, float[] x, int x0, float[] y, int y0) {
    for (int j = 0; j < lanes; j++) {
      for (int i = 0; i < rows; i++) {
        y[y0 + j * LANES + i] += x[x0 + i * LANES + j];
      }
    }
  }
}
