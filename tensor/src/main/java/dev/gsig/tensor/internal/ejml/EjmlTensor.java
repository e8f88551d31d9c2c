package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/** Row-major float64 values; the array may be longer than the shape. */
final class EjmlTensor extends Tensor {
  final double[] data;

  EjmlTensor(Shape shape, double[] data) {
    super(shape);
    this.data = data;
  }

  /** All items as one {@code [B*L, d]} matrix over the same values. */
  DMatrixRMaj matrix() {
    DMatrixRMaj m = new DMatrixRMaj();
    m.data = data;
    m.numRows = shape().batch() * shape().rows();
    m.numCols = shape().cols();
    return m;
  }

  /** A copy of one item as a matrix; of the only item, if there is one. */
  DMatrixRMaj item(int number) {
    int size = shape().rows() * shape().cols();
    int from = number % shape().batch() * size;
    double[] values = Arrays.copyOfRange(data, from, from + size);
    return DMatrixRMaj.wrap(shape().rows(), shape().cols(), values);
  }

  boolean drop() {
    return dropHolder();
  }

  static EjmlTensor of(Tensor t) {
    return (EjmlTensor) t;
  }
}
