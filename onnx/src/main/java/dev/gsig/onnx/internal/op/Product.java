package dev.gsig.onnx.internal.op;

/** Products of matrices that lie in arrays at any distances. */
final class Product {
  private Product() {}

  /**
   * A matrix in an array.
   *
   * @param values the array
   * @param start where its first element is
   * @param row how far apart rows are
   * @param column how far apart columns are
   */
  record Matrix(double[] values, int start, int row, int column) {
    Matrix transposed() {
      return new Matrix(values, start, column, row);
    }

    /** A matrix whose columns lie side by side: this one, or a copy. */
    private Matrix packed(int rows, int columns) {
      if (column == 1) {
        return this;
      }
      double[] copy = new double[rows * columns];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          copy[i * columns + j] = values[start + i * row + j * column];
        }
      }
      return new Matrix(copy, 0, columns, 1);
    }
  }

  /**
   * {@code C += A B}, each element one ascending sum.
   *
   * <p>The rows of C, or its columns, lie without gaps.
   *
   * @param a rows x inner
   * @param b inner x columns
   * @param c rows x columns, modified
   */
  static void add(Matrix a, Matrix b, Matrix c, int rows, int inner, int columns) {
    if (c.column != 1) {
      // C' += B' A' has its columns side by side, and the same sums
      add(b.transposed(), a.transposed(), c.transposed(), columns, inner, rows);
      return;
    }
    Matrix right = b.packed(inner, columns);
    for (int i = 0; i < rows; i++) {
      int from = a.start + i * a.row;
      int to = c.start + i * c.row;
      int p = 0;
      for (; p + 4 <= inner; p += 4) {
        addFour(a, from + p * a.column, right, p, c.values, to, columns);
      }
      for (; p < inner; p++) {
        double factor = a.values[from + p * a.column];
        int at = right.start + p * right.row;
        for (int j = 0; j < columns; j++) {
          c.values[to + j] += factor * right.values[at + j];
        }
      }
    }
  }

  /** Adds four rows of B to one of C, one after the other, in a loop that the JIT vectorises. */
  private static void addFour(Matrix a, int from, Matrix b, int p, double[] c, int to, int n) {
    double f0 = a.values[from];
    double f1 = a.values[from + a.column];
    double f2 = a.values[from + 2 * a.column];
    double f3 = a.values[from + 3 * a.column];
    double[] rows = b.values;
    int b0 = b.start + p * b.row;
    int b1 = b0 + b.row;
    int b2 = b1 + b.row;
    int b3 = b2 + b.row;
    for (int j = 0; j < n; j++) {
      c[to + j] =
          c[to + j] + f0 * rows[b0 + j] + f1 * rows[b1 + j] + f2 * rows[b2 + j] + f3 * rows[b3 + j];
    }
  }
}
