package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * Sequences of heads of vectors: {@code [batch, heads, length, size]}, or {@code [batch, length,
 * heads * size]} with the heads side by side.
 *
 * @param values the numbers, not copied
 * @param batch how many sequences there are
 * @param heads how many heads each has
 * @param length its vectors
 * @param size their numbers in each head
 * @param flat whether the heads lie side by side
 */
record Heads(double[] values, int batch, int heads, int length, int size, boolean flat) {
  /** An array's heads; {@code heads} are how many it has where they lie side by side. */
  static Heads of(NdArray x, double[] values, int heads) {
    if (x.rank() == 4) {
      return new Heads(values, x.dim(0), x.dim(1), x.dim(2), x.dim(3), false);
    }
    if (x.rank() != 3 || heads < 1 || x.dim(2) % heads != 0) {
      throw new InvalidInputException(x + " cannot be " + heads + " heads");
    }
    return new Heads(values, x.dim(0), heads, x.dim(1), x.dim(2) / heads, true);
  }

  /** Zeros of this shape, but for the length and size. */
  Heads zeros(int otherLength, int otherSize, boolean isFlat) {
    double[] zeros = new double[Shapes.size(batch, heads, otherLength, otherSize)];
    return new Heads(zeros, batch, heads, otherLength, otherSize, isFlat);
  }

  /** Zeros of this shape. */
  Heads zeros() {
    return zeros(length, size, flat);
  }

  /** One head of one sequence, {@code [length, size]}. */
  Product.Matrix matrix(int sequence, int head) {
    return flat
        ? new Product.Matrix(values, (sequence * length * heads + head) * size, heads * size, 1)
        : new Product.Matrix(values, (sequence * heads + head) * length * size, size, 1);
  }

  /** Adds {@code rows} vectors of each head to those of another from a place on. */
  void addTo(Heads other, int from, int to, int rows) {
    for (int b = 0; b < batch; b++) {
      for (int h = 0; h < heads; h++) {
        Product.Matrix source = matrix(b, h);
        Product.Matrix target = other.matrix(b, h);
        for (int row = 0; row < rows; row++) {
          int at = source.start() + (from + row) * source.row();
          int into = target.start() + (to + row) * target.row();
          for (int i = 0; i < size; i++) {
            other.values[into + i] += values[at + i];
          }
        }
      }
    }
  }

  /** The vectors as an array of this shape. */
  NdArray array(ElementType type) {
    return flat
        ? NdArray.of(type, values, batch, length, heads * size)
        : NdArray.of(type, values, batch, heads, length, size);
  }
}
