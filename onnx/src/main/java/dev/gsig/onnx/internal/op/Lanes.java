package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * An array seen as rows: those axes that are worked along run fastest, whatever their place.
 *
 * @param index the place of each element, row by row
 * @param rows how many rows there are
 * @param width how many elements a row has
 * @param kept extents of the other axes
 */
record Lanes(int[] index, int rows, int width, int[] kept) {
  static Lanes along(int[] shape, int... axes) {
    int[] strides = Shapes.strides(shape);
    boolean[] along = new boolean[shape.length];
    int width = 1;
    for (int axis : axes) {
      along[axis] = true;
      width *= shape[axis];
    }
    int[] order =
        IntStream.concat(
                IntStream.range(0, shape.length).filter(i -> !along[i]),
                IntStream.range(0, shape.length).filter(i -> along[i]))
            .toArray();
    int[] extents = Arrays.stream(order).map(i -> shape[i]).toArray();
    int[] steps = Arrays.stream(order).map(i -> strides[i]).toArray();
    int[] kept = Arrays.copyOf(extents, extents.length - axes.length);
    return new Lanes(Shapes.walk(extents, steps, 0), Shapes.size(kept), width, kept);
  }

  double[] row(double[] from, int row) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = from[index[row * width + i]];
    }
    return values;
  }

  long[] row(long[] from, int row) {
    long[] values = new long[width];
    for (int i = 0; i < width; i++) {
      values[i] = from[index[row * width + i]];
    }
    return values;
  }

  void put(double[] values, double[] into, int row) {
    for (int i = 0; i < width; i++) {
      into[index[row * width + i]] = values[i];
    }
  }
}
