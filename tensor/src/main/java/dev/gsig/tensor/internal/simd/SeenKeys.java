package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.AttentionMask;
import dev.gsig.tensor.Backend.AttentionSpec;
import java.util.Arrays;

/**
 * What the queries of one or two panels see. Where each lane has a range of its own, it is at least
 * the keys from {@code from} to {@code to} that are worked on; what lies outside has probability 0.
 */
final class SeenKeys {
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

  SeenKeys(AttentionSpec spec, AttentionMask mask, int queries) {
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

  /** The first key that one of these panels sees, all of which it was at; a multiple of 16. */
  int first(int panel, int panels) {
    int first = keys;
    for (int i = panel; i < panel + panels; i++) {
      first = Math.min(first, firsts[i]);
    }
    return first;
  }

  /** One past the last. */
  int end(int panel, int panels) {
    int end = 0;
    for (int i = panel; i < panel + panels; i++) {
      end = Math.max(end, ends[i]);
    }
    return end;
  }

  /** Whether a panel that it was at sees some of the 16 keys from {@code key} on. */
  boolean isSeen(int key, int panel) {
    return firsts[panel] < key + LANES && key < ends[panel];
  }

  /**
   * Scores of one panel to probabilities.
   *
   * @param panel 0 or 1: of those that it is at
   * @param again whether their statistics are known, and not to be found
   */
  void softmax(
      PanelKernels kernels,
      int head,
      int panel,
      float[] s,
      int s0,
      float[] statistics,
      int t0,
      boolean again) {
    float scale = (float) spec.scale();
    float maskValue = (float) spec.maskValue();
    int unmasked = length;
    int at = s0 + from * LANES;
    int n = to - from;
    if (ranged) {
      kernels.narrow(s, at, from, n, scale, (float) spec.slope(head), lanes[panel]);
      scale = 1f;
      maskValue = 0f;
      unmasked = n;
    }
    if (again) {
      kernels.softmaxAgain(s, at, n, scale, unmasked, maskValue, statistics, t0);
    } else {
      kernels.softmax(s, at, n, scale, unmasked, maskValue, statistics, t0);
    }
  }

  /** Zeros for all keys that were not worked on. */
  void clearOthers(float[] s, int s0) {
    if (ranged) {
      Arrays.fill(s, s0, s0 + from * LANES, 0f);
      Arrays.fill(s, s0 + to * LANES, s0 + SimdTensor.panels(keys) * LANES * LANES, 0f);
    }
  }

  /** Zeros for the keys up to the next multiple of 16. */
  void clearRest(float[] s, int s0) {
    if (ranged) {
      Arrays.fill(s, s0 + to * LANES, s0 + SimdTensor.panels(to) * LANES * LANES, 0f);
    }
  }
}
