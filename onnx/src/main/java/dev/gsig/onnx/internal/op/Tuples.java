package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;

/**
 * Slices of an array that are named by tuples of indices, the last axis of another one.
 *
 * @param starts where the slice of each tuple begins
 * @param size how many elements each has
 * @param rest the shape of each
 */
record Tuples(int[] starts, int size, int[] rest) {
  /**
   * Finds slices.
   *
   * @param data where they are
   * @param indices tuples
   * @param batch how many leading axes both share
   */
  static Tuples of(NdArray data, NdArray indices, int batch) {
    int[] shape = data.shape();
    int depth = indices.dim(indices.rank() - 1);
    if (batch < 0 || batch >= indices.rank() || batch + depth > shape.length) {
      throw new InvalidInputException("indices " + indices + " do not fit " + data);
    }
    int[] strides = Shapes.strides(shape);
    int[] rest = Arrays.copyOfRange(shape, batch + depth, shape.length);
    int count =
        depth == 0
            ? Shapes.size(Arrays.copyOf(indices.shape(), indices.rank() - 1))
            : indices.size() / depth;
    int batches = Shapes.size(Arrays.copyOf(shape, batch));
    int perBatch = batches == 0 ? 1 : Math.max(1, count / batches);
    int[] starts = new int[count];
    for (int i = 0; i < count; i++) {
      int place = batch == 0 ? 0 : i / perBatch * strides[batch - 1];
      for (int k = 0; k < depth; k++) {
        place +=
            strides[batch + k] * Indices.within(indices.longs()[i * depth + k], shape[batch + k]);
      }
      starts[i] = place;
    }
    return new Tuples(starts, Shapes.size(rest), rest);
  }
}
