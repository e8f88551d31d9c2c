package dev.gsig.importer.internal.check;

import dev.gsig.ehr.InvalidInputException;
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

  /** The columns of another with as many rows behind these. */
  Matrix beside(Matrix other) {
    if (other.rows != rows) {
      throw new InvalidInputException(
          "two arrays of one batch have " + rows + " and " + other.rows + " rows");
    }
    double[] both = new double[values.length + other.values.length];
    int width = columns + other.columns;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * columns, both, row * width, columns);
      System.arraycopy(
          other.values, row * other.columns, both, row * width + columns, other.columns);
    }
    return new Matrix(rows, width, both);
  }

  double[] row(int row) {
    return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }
}
