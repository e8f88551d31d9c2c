package dev.gsig.autodiff.op;

import dev.gsig.tensor.Shape;

/** One of the three axes of a {@link Shape}. */
public enum Axis {
  /** The items. */
  BATCH,
  /** The rows of each item. */
  ROWS,
  /** The columns of each row. */
  COLUMNS;

  /** Length of this axis. */
  int length(Shape shape) {
    return switch (this) {
      case BATCH -> shape.batch();
      case ROWS -> shape.rows();
      case COLUMNS -> shape.cols();
    };
  }

  /** The shape with another length of this axis. */
  Shape resized(Shape shape, int length) {
    return switch (this) {
      case BATCH -> shape.withBatch(length);
      case ROWS -> new Shape(shape.batch(), length, shape.cols());
      case COLUMNS -> shape.withCols(length);
    };
  }

  /** The shape with length 1 along these axes, or along all if none is named. */
  static Shape reduced(Shape shape, Axis... axes) {
    Shape reduced = shape;
    for (Axis axis : axes.length == 0 ? values() : axes) {
      reduced = axis.resized(reduced, 1);
    }
    return reduced;
  }
}
