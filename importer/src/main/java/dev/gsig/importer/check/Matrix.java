package dev.gsig.importer.check;

import java.util.Arrays;

/**
 * Numbers in rows.
 *
 * @param rows how many rows
 * @param columns how many in each
 * @param values row-major
 */
@SuppressWarnings("ArrayRecordComponent") // large, and read right after construction
record Matrix(int rows, int columns, double[] values) {
  double[] row(int row) {
    return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }
}
