package dev.gsig.cuda.internal;

import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** Row-major float32 values on the device; the buffer may be longer than the shape. */
final class CudaTensor extends Tensor {
  private final DeviceBuffer buffer;

  CudaTensor(Shape shape, DeviceBuffer buffer) {
    super(shape);
    this.buffer = buffer;
  }

  DeviceBuffer buffer() {
    return buffer;
  }

  long address() {
    return buffer.address();
  }

  int size() {
    return shape().size();
  }

  /** Rows of all items. */
  int allRows() {
    return shape().batch() * shape().rows();
  }

  int cols() {
    return shape().cols();
  }

  boolean drop() {
    return dropHolder();
  }

  /** Null stays null. */
  static CudaTensor of(Tensor t) {
    return (CudaTensor) t;
  }
}
