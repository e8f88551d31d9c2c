package dev.gsig.tensor;

/**
 * Logical shape of every tensor: {@code batch} matrices of {@code rows x cols}.
 *
 * <p>A sequence batch is {@code [items, positions, features]}; a table or a batch of pooled vectors
 * is {@code [1, rows, features]}. How a backend stores it is its own affair.
 *
 * @param batch number of matrices, at least 1
 * @param rows rows of each, at least 1
 * @param cols columns of each, at least 1
 */
public record Shape(int batch, int rows, int cols) {
  public Shape {
    if (batch < 1 || rows < 1 || cols < 1) {
      throw new IllegalArgumentException(
          "shape [" + batch + ", " + rows + ", " + cols + "] has an empty axis");
    }
  }

  /** Shape of one matrix, {@code [1, rows, cols]}. */
  public static Shape matrix(int rows, int cols) {
    return new Shape(1, rows, cols);
  }

  /**
   * Number of elements.
   *
   * @throws ArithmeticException if it exceeds the largest Java array
   */
  public int size() {
    return Math.multiplyExact(Math.multiplyExact(batch, rows), cols);
  }

  /**
   * Number of rows of all matrices together.
   *
   * @throws ArithmeticException if it exceeds the largest Java array
   */
  public int allRows() {
    return Math.multiplyExact(batch, rows);
  }

  /** This batch and these rows with {@code newCols} columns. */
  public Shape withCols(int newCols) {
    return new Shape(batch, rows, newCols);
  }

  /** These rows and columns, {@code newBatch} times. */
  public Shape withBatch(int newBatch) {
    return new Shape(newBatch, rows, cols);
  }

  // Written out, for what a record brings is linked at run time, which takes time from every start.

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape s && batch == s.batch && rows == s.rows && cols == s.cols;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * batch + rows) + cols;
  }

  @Override
  public String toString() {
    return "[" + batch + ", " + rows + ", " + cols + "]";
  }
}
