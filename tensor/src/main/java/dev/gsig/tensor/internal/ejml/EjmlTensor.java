package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
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

  boolean drop() {
    return dropHolder();
  }

  static EjmlTensor of(Tensor t) {
    return (EjmlTensor) t;
  }
}
