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
  }

  /**
   * {@code C += A B}, each element one ascending sum.
   *
   * @param a rows x inner
   * @param b inner x columns
   * @param c rows x columns, modified
   */
  static void add(Matrix a, Matrix b, Matrix c, int rows, int inner, int columns) {
    for (int i = 0; i < rows; i++) {
      for (int p = 0; p < inner; p++) {
        double factor = a.values[a.start + i * a.row + p * a.column];
        int from = b.start + p * b.row;
        int to = c.start + i * c.row;
        for (int j = 0; j < columns; j++) {
          c.values[to + j * c.column] += factor * b.values[from + j * b.column];
        }
      }
    }
  }
}
