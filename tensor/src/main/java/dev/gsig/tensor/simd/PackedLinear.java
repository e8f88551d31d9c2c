package dev.gsig.tensor.simd;

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
   * A matrix {@code [rows, cols]} as {@code [rows/4][cols][4]}, followed by the last {@code rows %
   * 4} rows as they are.
   */
  static final class PackedMatrix {
    /** Columns taken at once: their panel rows of the input (32 KiB) stay in the first cache. */
    private static final int COLS_BLOCK = 512;

    /** Rows taken at once: their weights stay in the cache while all panels pass. */
    private static final int ROWS_BLOCK = 64;

    private final int rows;
    private final int cols;
    private final float[] packed;

    PackedMatrix(int rows, int cols, float[] w) {
      this.rows = rows;
      this.cols = cols;
      packed = new float[w.length];
      int full = rows & ~3;
      for (int r = 0; r < full; r++) {
        for (int c = 0; c < cols; c++) {
          packed[(r & ~3) * cols + c * 4 + (r & 3)] = w[r * cols + c];
        }
      }
      System.arraycopy(w, full * cols, packed, full * cols, w.length - full * cols);
    }

    /**
     * {@code y = W x}, panel by panel, started from the bias, from zero (bias null) or from what y
     * holds (accumulate). Panels of x are {@code cols} panel rows apart, those of y {@code rows}.
     */
    void times(
        PanelKernels kernels, int panels, float[] x, float[] y, float[] bias, boolean accumulate) {
      for (int c = 0; c < cols; c += COLS_BLOCK) {
        int count = Math.min(COLS_BLOCK, cols - c);
        boolean goOn = accumulate || c > 0;
        for (int r = 0; r < rows; r += ROWS_BLOCK) {
          int end = Math.min(rows, r + ROWS_BLOCK);
          for (int p = 0; p < panels; p++) {
            int x0 = (p * cols + c) * SimdTensor.LANES;
            int y0 = p * rows * SimdTensor.LANES;
            block(kernels, r, end, c, count, x, x0, y, y0, bias, goOn);
          }
        }
      }
    }

    private void block(
        PanelKernels kernels,
        int from,
        int to,
        int col,
        int count,
        float[] x,
        int x0,
        float[] y,
        int y0,
        float[] bias,
        boolean goOn) {
      for (int r = from; !goOn && r < to; r++) {
        int yr = y0 + r * SimdTensor.LANES;
        Arrays.fill(y, yr, yr + SimdTensor.LANES, bias == null ? 0f : bias[r]);
      }
      int r = from;
      for (; r + 4 <= to; r += 4) {
        kernels.linear4(count, packed, r * cols + col * 4, x, x0, y, y0 + r * SimdTensor.LANES);
      }
      for (; r < to; r++) {
        kernels.linear1(count, packed, r * cols + col, x, x0, y, y0 + r * SimdTensor.LANES);
      }
    }
  }
}
