package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.internal.SizeClasses;
import java.util.Arrays;

/**
 * The training primitives on token panels. A sum over the rows of an item is one ascending fma
 * chain, and the items are added in order, so that no result depends on how wide the processor is.
 */
final class SimdTraining {
  private static final int TILE = 8;

  /** The factors of a plain sum. */
  private static final float[] ONES = new float[LANES];

  static {
    Arrays.fill(ONES, 1f);
  }

  private final KernelChoice choice;
  private final SizeClasses<float[]> arena;

  SimdTraining(KernelChoice choice, SizeClasses<float[]> arena) {
    this.choice = choice;
    this.arena = arena;
  }

  /** {@code gw[o, i] (+)= sum of gy[.., o] x[.., i]}; the lanes of gw are outputs. */
  void linearWeightGradient(SimdTensor x, SimdTensor gy, SimdTensor gw, boolean accumulate) {
    int rows = gy.shape().batch() * gy.shape().rows() * LANES;
    int size = gw.panels() * rows;
    float[] transposed = arena.take(size);
    float[] tile = arena.take(2 * TILE * LANES);
    transpose(gy, transposed);
    for (int o = 0; o < gw.panels(); o += 2) {
      int pair = Math.min(2, gw.panels() - o);
      int i = 0;
      for (; i + TILE <= x.shape().cols(); i += TILE) {
        tile(TILE, pair, x, i, transposed, o * rows, rows, tile, gw, o, accumulate);
      }
      for (; i < x.shape().cols(); i++) {
        for (int p = 0; p < pair; p++) {
          tile(1, 1, x, i, transposed, (o + p) * rows, rows, tile, gw, o + p, accumulate);
        }
      }
    }
    arena.giveBack(transposed);
    arena.giveBack(tile);
  }

  /** The gradients of {@code count} inputs from i and of one or two panels of outputs from o. */
  private void tile(
      int count,
      int panels,
      SimdTensor x,
      int i,
      float[] g,
      int g0,
      int gStep,
      float[] tile,
      SimdTensor gw,
      int o,
      boolean accumulate) {
    PanelKernels kernels = choice.kernels();
    int n = x.shape().rows();
    int target = o * gw.panelSize() + i * LANES;
    for (int b = 0; b < x.shape().batch(); b++) {
      int x0 = b * x.itemSize() + i * LANES;
      int gb = g0 + b * n * LANES;
      boolean first = b == 0 && !accumulate;
      float[] y = first ? gw.data : tile;
      int y0 = first ? target : 0;
      int yStep = first ? gw.panelSize() : TILE * LANES;
      if (count == 1) {
        kernels.rowsTimesRows1(n, x.data, x0, x.panelSize(), g, gb, y, y0);
      } else {
        kernels.rowsTimesRows8(panels, n, x.data, x0, x.panelSize(), g, gb, gStep, y, y0, yStep);
      }
      for (int p = 0; !first && p < panels; p++) {
        int to = target + p * gw.panelSize();
        kernels.add(gw.data, to, tile, p * TILE * LANES, gw.data, to, count * LANES);
      }
    }
  }

  /** {@code [item][row/16][col][16 rows]} to {@code [col/16][item][row][16 cols]}, the rest 0. */
  private static void transpose(SimdTensor x, float[] y) {
    int rows = x.shape().rows();
    int cols = x.shape().cols();
    int all = x.shape().batch() * rows * LANES;
    for (int b = 0; b < x.shape().batch(); b++) {
      for (int row = 0; row < rows; row += LANES) {
        int live = Math.min(LANES, rows - row);
        int from = x.row(b, row);
        int to = (b * rows + row) * LANES;
        for (int c = 0; c < SimdTensor.panels(cols) * LANES; c++) {
          int y0 = c / LANES * all + to + c % LANES;
          int x0 = from + c * LANES;
          for (int l = 0; l < live; l++) {
            y[y0 + l * LANES] = c < cols ? x.data[x0 + l] : 0f;
          }
        }
      }
    }
  }

  /**
   * {@code y[c] (+)= sum of x[.., c]}: the full panels lane by lane, then the lanes, then the rows
   * that fill no panel, all in ascending order.
   */
  void sumRows(SimdTensor x, SimdTensor y, boolean accumulate) {
    PanelKernels kernels = choice.kernels();
    int rows = x.shape().rows();
    int cols = x.shape().cols();
    float[] lanes = arena.take(x.panelSize());
    Arrays.fill(lanes, 0, x.panelSize(), 0f);
    float[] rest = arena.take(cols);
    Arrays.fill(rest, 0, cols, 0f);
    for (int b = 0; b < x.shape().batch(); b++) {
      for (int p = 0; p < rows / LANES; p++) {
        int from = b * x.itemSize() + p * x.panelSize();
        kernels.add(lanes, 0, x.data, from, lanes, 0, x.panelSize());
      }
      for (int row = rows / LANES * LANES; row < rows; row++) {
        int from = x.row(b, row);
        for (int c = 0; c < cols; c++) {
          rest[c] += x.data[from + c * LANES];
        }
      }
    }
    for (int c = 0; c < cols; c++) {
      float sum = 0f;
      for (int l = 0; l < LANES; l++) {
        sum += lanes[c * LANES + l];
      }
      sum += rest[c];
      y.data[c * LANES] = accumulate ? y.data[c * LANES] + sum : sum;
    }
    arena.giveBack(lanes);
    arena.giveBack(rest);
  }

  /** Cross-entropy of each row; g becomes the gradient. */
  double[] softmaxCrossEntropy(SimdTensor z, int[] targets, double[] weights, SimdTensor g) {
    PanelKernels kernels = choice.kernels();
    int classes = z.shape().cols();
    double[] losses = new double[targets.length];
    float[] statistics = arena.take(2 * LANES);
    for (int p = 0; p < z.panels(); p++) {
      int at = p * z.panelSize();
      int live = Math.min(LANES, targets.length - p * LANES);
      System.arraycopy(z.data, at, g.data, at, z.panelSize());
      kernels.softmax(g.data, at, classes, 1f, classes, 0f, statistics, 0);
      for (int l = 0; l < live; l++) {
        int m = p * LANES + l;
        losses[m] = loss(z.data, g.data, at + l, classes, targets[m]);
        float weight = SimdTensor.round(weights[m]);
        for (int v = 0; v < classes; v++) {
          int i = at + l + v * LANES;
          float hit = v == targets[m] ? 1f : 0f;
          g.data[i] = weight * (g.data[i] - hit);
        }
      }
    }
    arena.giveBack(statistics);
    return losses;
  }

  /** {@code (max - z_t) - log(p_max)}: the largest probability never vanishes, p_t may. */
  private static double loss(float[] z, float[] probability, int at, int classes, int target) {
    int largest = at;
    for (int v = 1; v < classes; v++) {
      int i = at + v * LANES;
      largest = z[i] > z[largest] ? i : largest;
    }
    double gap = (double) z[largest] - z[at + target * LANES];
    return gap - StrictMath.log(probability[largest]);
  }
}
