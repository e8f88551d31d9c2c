package dev.gsig.transformer.safetensors;

import java.util.List;

/**
 * What a safetensors header says of one tensor.
 *
 * @param dtype the element type
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param begin where the data starts, counted from the end of the header
 * @param end one past the last byte
 */
public record TensorInfo(DType dtype, List<Long> shape, long begin, long end) {
  /** Copies the shape. */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** The number of elements: product(shape), 1 for a scalar. */
  public long elements() {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }
}
