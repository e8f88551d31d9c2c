package dev.gsig.importer.internal.check;

import java.util.Arrays;
import java.util.List;

/**
 * Numbers in rows.
 *
 * @param rows how many rows
 * @param columns how many in each
 * @param values row-major
 */
@SuppressWarnings("ArrayRecordComponent") // large, and read right after construction
record Matrix(int rows, int columns, double[] values) {
  /** Values of any shape: the first dimension is rows, the others are columns. */
  static Matrix of(List<Long> shape, double[] values) {
    // Without values a dimension may be any number, with them none is larger than theirs.
    int rows = values.length == 0 ? 0 : shape.isEmpty() ? 1 : Math.toIntExact(shape.get(0));
    return new Matrix(rows, rows == 0 ? 0 : values.length / rows, values);
  }

  static Matrix zeros(int rows, int columns) {
    return new Matrix(rows, columns, new double[rows * columns]);
  }

  /** This one with some columns replaced by those of another, which has as many rows. */
  Matrix with(int[] replaced, Matrix by) {
    double[] all = values.clone();
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < replaced.length; i++) {
        all[row * columns + replaced[i]] = by.values[row * by.columns + i];
      }
    }
    return new Matrix(rows, columns, all);
  }

  double[] row(int row) {
    return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }
}
