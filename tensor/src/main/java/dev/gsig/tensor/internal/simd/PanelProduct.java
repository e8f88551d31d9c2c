package dev.gsig.tensor.internal.simd;

import static dev.gsig.tensor.internal.simd.SimdTensor.LANES;

/** The loop over blocks and panels of every product of panels with a matrix. */
final class PanelProduct {
  /** Rows taken at once: their weights stay in the cache while all panels pass. */
  private static final int ROWS_BLOCK = 64;

  /** Where the sums of one tile start, with steps of 0. */
  static final float[] ZEROS = new float[8 * LANES];

  private PanelProduct() {}

  /** Work on a block of results while it is in the first cache. */
  interface AfterBlock {
    /** {@code count} floats of y from {@code from}. */
    void accept(int from, int count);
  }

  /**
   * {@code y = start + W x}, two panels at a time. Panels of x are {@code cols} panel rows apart,
   * those of y {@code rows}.
   *
   * @param rows of W, features of y
   * @param cols of W, features of x
   * @param w W as panels from w0 on, {@code [rows/16][cols][16]}: its rows are the lanes
   * @param startRow from one row of start to the next
   * @param startPanel from one panel of start to the next
   * @param after called for each block of y, or null
   */
  static void times(
      PanelKernels kernels,
      int rows,
      int cols,
      float[] w,
      int w0,
      int panels,
      float[] x,
      int xFrom,
      float[] start,
      int startFrom,
      int startRow,
      int startPanel,
      float[] y,
      int yFrom,
      AfterBlock after) {
    int xStep = cols * LANES;
    int yStep = rows * LANES;
    for (int from = 0; from < rows; from += ROWS_BLOCK) {
      int to = Math.min(rows, from + ROWS_BLOCK);
      for (int p = 0; p < panels; p += 2) {
        int pair = Math.min(2, panels - p);
        int x0 = xFrom + p * xStep;
        int start0 = startFrom + p * startPanel;
        int y0 = yFrom + p * yStep;
        int r = from;
        for (; r + 8 <= to; r += 8) {
          kernels.lanesTimesRows8(
              pair,
              cols,
              w,
              w0 + at(r, cols),
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
                w,
                w0 + at(r, cols),
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

  private static int at(int row, int cols) {
    return row / LANES * cols * LANES + row % LANES;
  }
}
