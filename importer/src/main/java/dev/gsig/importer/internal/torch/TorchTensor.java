package dev.gsig.importer.internal.torch;

import dev.gsig.importer.internal.pickle.PickleException;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.TensorValues;
import dev.gsig.transformer.safetensors.Widening;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A strided view of a storage: element (i, j, ...) is at {@code offset + i stride_0 + j stride_1 +
 * ...}.
 */
final class TorchTensor {
  private static final int MOST_DIMENSIONS = 64;
  // What an expanded tensor may hold beyond its storage.
  private static final long FREE_ELEMENTS = 1 << 20;

  private final Storage storage;
  private final DType dtype;
  private final boolean negated;
  private final long offset;
  private final List<Long> shape;
  private final List<Long> strides;
  private final long elements;

  /**
   * A view; every index is checked against the storage.
   *
   * @param negated whether the elements are those of the storage with the other sign
   * @throws PickleException if it reaches outside, or repeats a small storage without end
   */
  TorchTensor(
      Storage storage,
      DType dtype,
      boolean negated,
      long offset,
      List<Long> shape,
      List<Long> strides) {
    this.storage = storage;
    this.dtype = dtype;
    this.negated = negated;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
    if (shape.size() != strides.size() || shape.size() > MOST_DIMENSIONS) {
      throw new PickleException("it holds a tensor of shape " + shape + ", strides " + strides);
    }
    try {
      elements = shape.stream().reduce(1L, Math::multiplyExact);
      if (offset < 0 || (elements > 0 && end() > available())) {
        throw new PickleException("it holds a tensor that reaches beyond its storage");
      }
    } catch (ArithmeticException e) {
      throw new PickleException("it holds a tensor whose size overflows");
    }
    if (elements > Math.max(FREE_ELEMENTS, available())) {
      throw new PickleException(
          "it holds a tensor of " + elements + " elements on a storage of " + available());
    }
  }

  DType dtype() {
    return dtype;
  }

  List<Long> shape() {
    return shape;
  }

  private long available() {
    return storage.bytes() / (dtype.bits() / 8);
  }

  /** One past the last element that is read. */
  private long end() {
    long last = offset;
    for (int axis = 0; axis < shape.size(); axis++) {
      long reach = Math.multiplyExact(shape.get(axis) - 1, strides.get(axis));
      last = Math.addExact(last, reach);
    }
    return Math.addExact(last, 1);
  }

  double[] read(TorchZip zip, String what) {
    double[] values = TensorValues.allocate(dtype, elements, what);
    if (values.length > 0) {
      int count = Math.toIntExact(end() - offset);
      double[] span = isContiguous() ? values : TensorValues.allocate(dtype, count, what);
      fill(zip, span);
      if (span != values) {
        gather(span, values);
      }
      if (negated) {
        Arrays.setAll(values, i -> -values[i]);
      }
    }
    return TensorValues.requireFinite(values, shape, what);
  }

  private boolean isContiguous() {
    long expected = 1;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      if (shape.get(axis) != 1 && strides.get(axis) != expected) {
        return false;
      }
      expected *= shape.get(axis);
    }
    return true;
  }

  private void fill(TorchZip zip, double[] span) {
    int size = dtype.bits() / 8;
    int[] filled = {0};
    zip.read(
        storage.key(),
        offset * size,
        (long) span.length * size,
        (ByteBuffer chunk) -> filled[0] += Widening.widen(chunk, dtype, span, filled[0]));
  }

  private void gather(double[] span, double[] values) {
    long[] index = new long[shape.size()];
    long at = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = span[(int) at];
      for (int axis = index.length - 1; axis >= 0; axis--) {
        at += strides.get(axis);
        if (++index[axis] < shape.get(axis)) {
          break;
        }
        at -= shape.get(axis) * strides.get(axis);
        index[axis] = 0;
      }
    }
  }
}
