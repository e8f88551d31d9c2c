package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

import dev.gsig.tensor.Backend.LinearWeights;
import java.util.Arrays;

/** A linear layer packed for {@link PanelKernels}, forward and transposed. */
final class PackedLinear extends LinearWeights {
  private final PackedMatrix forward;
  private final PackedMatrix backward;

  /** The bias in every lane, {@code [outputs][16]}. */
  private final float[] bias;

  PackedLinear(int outputs, int inputs, double[] weight, double[] bias) {
    super(outputs, inputs, bias != null);
    forward = new PackedMatrix(outputs, inputs);
    backward = new PackedMatrix(inputs, outputs);
    this.bias = new float[outputs * LANES];
    pack(weight, bias);
  }

  /**
   * Packs these values in place of those before.
   *
   * @param newBias null for none, and then there was none before
   */
  void pack(double[] weight, double[] newBias) {
    for (int o = 0; o < outputs(); o++) {
      for (int i = 0; i < inputs(); i++) {
        float w = SimdTensor.round(weight[o * inputs() + i]);
        forward.set(o, i, w);
        backward.set(i, o, w);
      }
    }
    for (int o = 0; newBias != null && o < outputs(); o++) {
      Arrays.fill(bias, o * LANES, (o + 1) * LANES, SimdTensor.round(newBias[o]));
    }
  }

  /** {@code y = W x + b} for so many panels, {@code after} on each block of y once it is there. */
  void forward(
      PanelKernels kernels, int panels, float[] x, float[] y, PanelProduct.AfterBlock after) {
    forward.times(kernels, panels, x, bias, LANES, 0, y, after);
  }

  /** {@code x = W^T y}, or {@code x = x + W^T y}. */
  void backward(PanelKernels kernels, int panels, float[] y, float[] x, boolean accumulate) {
    if (accumulate) {
      backward.times(kernels, panels, y, x, LANES, inputs() * LANES, x, null);
    } else {
      backward.times(kernels, panels, y, PanelProduct.ZEROS, 0, 0, x, null);
    }
  }

  /**
   * A matrix {@code [rows, cols]} as panels, {@code [rows/16][cols][16]}: the rows are the lanes.
   */
  static final class PackedMatrix {
    private final int rows;
    private final int cols;
    private final float[] packed;

    PackedMatrix(int rows, int cols) {
      this.rows = rows;
      this.cols = cols;
      packed = new float[SimdTensor.panels(rows) * cols * LANES];
    }

    void set(int row, int col, float value) {
      packed[at(row, col)] = value;
    }

    private int at(int row, int col) {
      return row / LANES * cols * LANES + col * LANES + row % LANES;
    }

    /** {@code y = start + W x}, as {@link PanelProduct#times}. */
    void times(
        PanelKernels kernels,
        int panels,
        float[] x,
        float[] start,
        int startRow,
        int startPanel,
        float[] y,
        PanelProduct.AfterBlock after) {
      PanelProduct.times(
          kernels,
          rows,
          cols,
          packed,
          0,
          panels,
          x,
          0,
          start,
          0,
          startRow,
          startPanel,
          y,
          0,
          after);
    }
  }
}
