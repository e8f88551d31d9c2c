package dev.gsig.tensor.simd;

import static dev.gsig.tensor.simd.SimdTensor.LANES;

import dev.gsig.tensor.LinearWeights;
import java.util.Arrays;

/** A linear layer packed for {@link PanelKernels}, forward and transposed. */
final class PackedLinear extends LinearWeights {
  final PackedMatrix forward;
  final PackedMatrix backward;
  final float[] bias;

  PackedLinear(int outputs, int inputs, double[] weight, double[] bias) {
    super(outputs, inputs);
    float[] w = new float[weight.length];
    float[] transposed = new float[weight.length];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        w[o * inputs + i] = SimdTensor.round(weight[o * inputs + i]);
        transposed[i * outputs + o] = w[o * inputs + i];
      }
    }
    forward = new PackedMatrix(outputs, inputs, w);
    backward = new PackedMatrix(inputs, outputs, transposed);
    this.bias = new float[outputs];
    for (int o = 0; bias != null && o < outputs; o++) {
      this.bias[o] = SimdTensor.round(bias[o]);
    }
  }

  /**
   * A matrix {@code [rows, cols]} as panels, {@code [rows/16][cols][16]}: the rows are the lanes.
   */
  static final class PackedMatrix {
    /** Columns taken at once: their panel rows of the input (32 KiB) stay in the first cache. */
    private static final int COLS_BLOCK = 256;

    /** Rows taken at once: their weights stay in the cache while all panels pass. */
    private static final int ROWS_BLOCK = 64;

    private final int rows;
    private final int cols;
    private final float[] packed;

    PackedMatrix(int rows, int cols, float[] w) {
      this.rows = rows;
      this.cols = cols;
      packed = new float[SimdTensor.panels(rows) * cols * LANES];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
          packed[at(r, c)] = w[r * cols + c];
        }
      }
    }

    private int at(int row, int col) {
      return row / LANES * cols * LANES + col * LANES + row % LANES;
    }

    /**
     * {@code y = W x}, two panels at a time, started from the bias, from zero (bias null) or from
     * what y holds (accumulate). Panels of x are {@code cols} panel rows apart, those of y {@code
     * rows}.
     */
    void times(
        PanelKernels kernels, int panels, float[] x, float[] y, float[] bias, boolean accumulate) {
      if (!accumulate && bias == null) {
        Arrays.fill(y, 0, panels * rows * LANES, 0f);
      }
      for (int c = 0; c < cols; c += COLS_BLOCK) {
        int count = Math.min(COLS_BLOCK, cols - c);
        boolean biased = c == 0 && !accumulate && bias != null;
        for (int r = 0; r < rows; r += ROWS_BLOCK) {
          int end = Math.min(rows, r + ROWS_BLOCK);
          for (int p = 0; p < panels; p += 2) {
            int x0 = (p * cols + c) * LANES;
            block(
                kernels,
                Math.min(2, panels - p),
                r,
                end,
                c,
                count,
                x,
                x0,
                y,
                p * rows * LANES,
                biased ? bias : null);
          }
        }
      }
    }

    private void block(
        PanelKernels kernels,
        int panels,
        int from,
        int to,
        int col,
        int count,
        float[] x,
        int x0,
        float[] y,
        int y0,
        float[] bias) {
      int xStep = cols * LANES;
      int yStep = rows * LANES;
      for (int p = 0; bias != null && p < panels; p++) {
        kernels.broadcastRows(bias, from, to - from, y, y0 + p * yStep + from * LANES);
      }
      int r = from;
      for (; r + 8 <= to; r += 8) {
        kernels.lanesTimesRows8(
            panels, count, packed, at(r, col), x, x0, xStep, y, y0 + r * LANES, yStep);
      }
      for (; r < to; r++) {
        for (int p = 0; p < panels; p++) {
          kernels.lanesTimesRows1(
              count, packed, at(r, col), x, x0 + p * xStep, y, y0 + p * yStep + r * LANES);
        }
      }
    }
  }
}
