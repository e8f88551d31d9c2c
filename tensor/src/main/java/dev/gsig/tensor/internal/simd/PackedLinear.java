package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.LinearWeights;
import java.util.Arrays;

/** A linear layer packed for {@link PanelKernels}, forward and transposed. */
final class PackedLinear extends LinearWeights {
  /** Where the sums of one tile start. */
  private static final float[] ZEROS = new float[8 * LANES];

  private final PackedMatrix forward;
  private final PackedMatrix backward;

  /** The bias in every lane, {@code [outputs][16]}. */
  private final float[] bias;

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
    this.bias = new float[outputs * LANES];
    for (int o = 0; bias != null && o < outputs; o++) {
      Arrays.fill(this.bias, o * LANES, (o + 1) * LANES, SimdTensor.round(bias[o]));
    }
  }

  /** {@code y = W x + b} for so many panels, {@code after} on each block of y once it is there. */
  void forward(PanelKernels kernels, int panels, float[] x, float[] y, AfterBlock after) {
    forward.times(kernels, panels, x, bias, LANES, 0, y, after);
  }

  /** {@code x = W^T y}, or {@code x = x + W^T y}. */
  void backward(PanelKernels kernels, int panels, float[] y, float[] x, boolean accumulate) {
    if (accumulate) {
      backward.times(kernels, panels, y, x, LANES, inputs() * LANES, x, null);
    } else {
      backward.times(kernels, panels, y, ZEROS, 0, 0, x, null);
    }
  }

  /** Work on a block of results while it is in the first cache. */
  interface AfterBlock {
    /** {@code count} floats of y from {@code from}. */
    void accept(int from, int count);
  }

  /**
   * A matrix {@code [rows, cols]} as panels, {@code [rows/16][cols][16]}: the rows are the lanes.
   */
  static final class PackedMatrix {
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
     * {@code y = start + W x}, two panels at a time. Panels of x are {@code cols} panel rows apart,
     * those of y {@code rows}.
     *
     * @param startRow from one row of start to the next
     * @param startPanel from one panel of start to the next
     * @param after called for each block of y, or null
     */
    void times(
        PanelKernels kernels,
        int panels,
        float[] x,
        float[] start,
        int startRow,
        int startPanel,
        float[] y,
        AfterBlock after) {
      int xStep = cols * LANES;
      int yStep = rows * LANES;
      for (int from = 0; from < rows; from += ROWS_BLOCK) {
        int to = Math.min(rows, from + ROWS_BLOCK);
        for (int p = 0; p < panels; p += 2) {
          int pair = Math.min(2, panels - p);
          int x0 = p * xStep;
          int start0 = p * startPanel;
          int y0 = p * yStep;
          int r = from;
          for (; r + 8 <= to; r += 8) {
            kernels.lanesTimesRows8(
                pair,
                cols,
                packed,
                at(r, 0),
                x,
                x0,
                xStep,
                start,
                start0 + r * startRow,
                startPanel,
                y,
                y0 + r * LANES,
                yStep);
          }
          for (; r < to; r++) {
            for (int i = 0; i < pair; i++) {
              kernels.lanesTimesRows1(
                  cols,
                  packed,
                  at(r, 0),
                  x,
                  x0 + i * xStep,
                  start,
                  start0 + r * startRow + i * startPanel,
                  y,
                  y0 + r * LANES + i * yStep);
            }
          }
          for (int i = 0; after != null && i < pair; i++) {
            after.accept(y0 + from * LANES + i * yStep, (to - from) * LANES);
          }
        }
      }
    }
  }
}
