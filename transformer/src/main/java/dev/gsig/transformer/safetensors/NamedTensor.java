package dev.gsig.transformer.safetensors;

import java.util.ArrayList;
import java.util.List;

/**
 * A tensor to be written.
 *
 * @param dtype F32 or F64
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param values the values in row-major order, rounded to the nearest F32 if that is the type.
 *     Neither copied nor modified
 */
@SuppressWarnings("ArrayRecordComponent") // large, and read once right after construction
public record NamedTensor(DType dtype, List<Long> shape, double[] values) {
  /** Checks that type, shape and number of values go together. */
  public NamedTensor {
    shape = List.copyOf(shape);
    if (dtype != DType.F32 && dtype != DType.F64) {
      throw new IllegalArgumentException("only F32 and F64 are written, not " + dtype);
    }
    long elements = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("a negative dimension in shape " + shape);
      }
      elements = Math.multiplyExact(elements, dimension);
    }
    if (elements != values.length) {
      throw new IllegalArgumentException(
          "shape " + shape + " has " + elements + " elements, but there are " + values.length);
    }
  }

  /**
   * An F32 tensor.
   *
   * @param values the values; rounded to the nearest F32 on writing
   * @param shape the dimensions
   * @return the tensor
   */
  public static NamedTensor f32(double[] values, int... shape) {
    return new NamedTensor(DType.F32, longs(shape), values);
  }

  /**
   * An F32 tensor.
   *
   * @param values the values
   * @param shape the dimensions
   * @return the tensor
   */
  public static NamedTensor f32(float[] values, int... shape) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return f32(wide, shape);
  }

  /**
   * An F64 tensor.
   *
   * @param values the values
   * @param shape the dimensions
   * @return the tensor
   */
  public static NamedTensor f64(double[] values, int... shape) {
    return new NamedTensor(DType.F64, longs(shape), values);
  }

  private static List<Long> longs(int[] shape) {
    List<Long> dimensions = new ArrayList<>();
    for (int dimension : shape) {
      dimensions.add((long) dimension);
    }
    return dimensions;
  }
}
