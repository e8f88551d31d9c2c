package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.AttentionMask;
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

  /**
   * What the queries of one or two panels see. Where each lane has a range of its own, it is at
   * least the keys from {@code from} to {@code to} that are worked on; what lies outside has
   * probability 0.
   */
  private static final class Ranges {
    private final AttentionSpec spec;
    private final AttentionMask mask;
    private final int queries;
    private final boolean ranged;
    private final float[][] lanes = new float[2][3 * LANES];
    private final int[] firsts;
    private final int[] ends;
    private int keys;
    private int length;

    /** First key, a multiple of 16. */
    int from;

    /** One past the last key. */
    int to;

    Ranges(AttentionSpec spec, AttentionMask mask, int queries) {
      this.spec = spec;
      this.queries = queries;
      this.ranged = mask.isRanged() || !spec.slopes().isEmpty();
      this.mask = ranged ? mask.ranged(queries) : mask;
      this.firsts = new int[SimdTensor.panels(queries)];
      this.ends = new int[firsts.length];
    }

    /** Goes to the panels from {@code panel} on of an item with so many keys. */
    void at(int item, int panel, int panels, int allKeys) {
      keys = allKeys;
      length = mask.length(item);
      from = 0;
      to = keys;
      if (ranged) {
        int least = keys;
        to = 0;
        for (int i = 0; i < panels * LANES; i++) {
          // lanes behind the last query see what it sees
          int query = item * queries + Math.min(queries - 1, panel * LANES + i);
          float[] lane = lanes[i / LANES];
          lane[i % LANES] = mask.from(query);
          lane[LANES + i % LANES] = mask.to(query);
          lane[2 * LANES + i % LANES] = mask.position(query);
          least = Math.min(least, mask.from(query));
          to = Math.max(to, mask.to(query));
        }
        from = least / LANES * LANES;
      }
      Arrays.fill(firsts, panel, panel + panels, from);
      Arrays.fill(ends, panel, panel + panels, to);
    }

    /** The first query panel, of those it was at, that sees some of the 16 keys from key on. */
    int firstPanel(int key) {
      int panel = 0;
      while (panel < ends.length && !isSeen(key, panel)) {
        panel++;
      }
      return panel;
    }

    /** One past the last one. */
    int endPanel(int key) {
      int panel = ends.length;
      while (panel > 0 && !isSeen(key, panel - 1)) {
        panel--;
      }
      return panel;
    }

    private boolean isSeen(int key, int panel) {
      return firsts[panel] < key + LANES && key < ends[panel];
    }

    /** Scores of one panel to probabilities. */
    void softmax(PanelKernels kernels, int head, int panel, float[] s, int s0, float[] row) {
      float scale = (float) spec.scale();
      if (ranged) {
        int at = s0 + from * LANES;
        int n = to - from;
        kernels.narrow(s, at, from, n, scale, (float) spec.slope(head), lanes[panel]);
        kernels.softmax(s, at, n, 1f, n, 0f, row);
        clearOthers(s, s0);
      } else {
        kernels.softmax(s, s0, keys, scale, length, (float) spec.maskValue(), row);
      }
    }

    /** Zeros for the keys that were not worked on. */
    void clearOthers(float[] s, int s0) {
      if (ranged) {
        Arrays.fill(s, s0, s0 + from * LANES, 0f);
        Arrays.fill(s, s0 + to * LANES, s0 + SimdTensor.panels(keys) * LANES * LANES, 0f);
      }
    }
  }

  void forward(
      AttentionSpec spec,
      SimdTensor query,
      SimdTensor keyValue,
      AttentionMask mask,
      SimdTensor y,
      SimdTensor probabilities) {
    PanelKernels kernels = choice.kernels();
    int step = probabilities.panelSize();
    float[] s = probabilities.data;
    float[] row = arena.take(LANES);
    Ranges ranges = new Ranges(spec, mask, query.shape().rows());
    for (int b = 0; b < mask.items(); b++) {
      try (Heads heads = new Heads(spec, keyValue, mask.length(b))) {
        for (int h = 0; h < spec.heads(); h++) {
          int head = h * spec.headSize() * LANES;
          if (h % spec.group() == 0) {
            heads.copy(keyValue, keyHead(spec, keyValue, b, h));
          }
          for (int i = 0; i < query.panels(); i += 2) {
            int panels = Math.min(2, query.panels() - i);
            int q0 = b * query.itemSize() + i * query.panelSize() + head;
            int p0 = (b * spec.heads() + h) * probabilities.itemSize() + i * step;
            ranges.at(b, i, panels, heads.keys.keys);
            scores(heads.keys, ranges, panels, query, q0, s, p0, step);
            for (int p = 0; p < panels; p++) {
              ranges.softmax(kernels, h, p, s, p0 + p * step, row);
            }
            mixture(heads.values, ranges, panels, s, p0, step, y, q0);
          }
        }
      }
    }
    arena.giveBack(row);
  }

  /** Where the keys of a head begin, and, a width of all keys further, its values. */
  private static int keyHead(AttentionSpec spec, SimdTensor keyValue, int item, int head) {
    return item * keyValue.itemSize() + head / spec.group() * spec.headSize() * LANES;
  }

  /** {@code s[key][16] = sum_f kv(key, f) x[f][16]} for one or two query panels. */
  private void scores(
      Head kv, Ranges range, int panels, SimdTensor x, int x0, float[] s, int s0, int step) {
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
      Head kv, Ranges range, int panels, float[] s, int s0, int step, SimdTensor y, int y0) {
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
    Ranges ranges = new Ranges(spec, mask, queries);
    for (int b = 0; b < mask.items(); b++) {
      try (Heads heads = new Heads(spec, keyValue, mask.length(b))) {
        for (int h = 0; h < spec.heads(); h++) {
          int head = h * spec.headSize() * LANES;
          int k0 = keyHead(spec, keyValue, b, h);
          int v0 = k0 + spec.keyWidth() * LANES;
          int p0 = (b * spec.heads() + h) * probabilities.itemSize();
          boolean shared = h % spec.group() > 0;
          if (!shared) {
            heads.copy(keyValue, k0);
          }
          for (int i = 0; i < query.panels(); i += 2) {
            int panels = Math.min(2, query.panels() - i);
            int q0 = b * query.itemSize() + i * query.panelSize() + head;
            int si = i * step;
            ranges.at(b, i, panels, heads.keys.keys);
            scores(heads.values, ranges, panels, gy, q0, gs, si, step);
            for (int p = 0; p < panels; p++) {
              int at = si + p * step + ranges.from * LANES;
              int n = ranges.to - ranges.from;
              kernels.softmaxBackward(probabilities.data, p0 + at, gs, at, n, (float) spec.scale());
              ranges.clearOthers(gs, si + p * step);
            }
            mixture(heads.keys, ranges, panels, gs, si, step, gQuery, q0);
          }
          transpose(spec.headSize(), query, b * query.itemSize() + head, queryRows);
          transpose(spec.headSize(), gy, b * gy.itemSize() + head, gyRows);
          keyGradient(
              heads.keys, ranges, queries, gs, 0, step, queryRows, tile, gKeyValue, k0, shared);
          keyGradient(
              heads.values,
              ranges,
              queries,
              probabilities.data,
              p0,
              step,
              gyRows,
              tile,
              gKeyValue,
              v0,
              shared);
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
   * @param goesOn whether it is added to what g holds
   */
  private void keyGradient(
      Head kv,
      Ranges ranges,
      int queries,
      float[] s,
      int s0,
      int step,
      float[] rows,
      float[] tile,
      SimdTensor g,
      int g0,
      boolean goesOn) {
    PanelKernels kernels = choice.kernels();
    int block = SimdTensor.panels(queries) * LANES * LANES;
    for (int j = 0; j < g.panels(); j++) {
      int to = g0 + j * g.panelSize();
      int live = Math.min(LANES, kv.keys - j * LANES);
      if (live < LANES && !goesOn) {
        Arrays.fill(g.data, to, to + kv.panelSize(), 0f);
      }
      int first = ranges.firstPanel(j * LANES);
      int seeing = Math.min(queries, ranges.endPanel(j * LANES) * LANES) - first * LANES;
      int scores = s0 + first * step + j * LANES * LANES;
      for (int f = 0; live > 0 && f < kv.headSize; f += LANES) {
        int x = f / LANES * block + first * LANES * LANES;
        kernels.rowsTimesRows16(seeing, s, scores, step, rows, x, tile, 0);
        for (int c = 0; c < Math.min(LANES, kv.headSize - f); c++) {
          int at = to + (f + c) * LANES;
          for (int i = 0; i < live; i++) {
            float value = tile[c + i * LANES];
            g.data[at + i] = goesOn ? g.data[at + i] + value : value;
          }
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
