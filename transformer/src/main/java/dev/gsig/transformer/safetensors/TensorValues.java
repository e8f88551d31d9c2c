package dev.gsig.transformer.safetensors;

import dev.gsig.ehr.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What holds for the values of every tensor, wherever they come from. */
public final class TensorValues {
  private static final int MOST = Integer.MAX_VALUE - 8;

  private TensorValues() {}

  /**
   * An array for a tensor that can be read as numbers.
   *
   * @param what names source and tensor in messages
   * @return zeros, one for each element
   * @throws InvalidInputException if the type has no numbers or the tensor is too large for an
   *     array
   */
  public static double[] allocate(DType dtype, long elements, String what) {
    if (!dtype.isReadable()) {
      throw new InvalidInputException(
          what + " has dtype " + dtype + "; store it as F32, F64, F16 or BF16");
    }
    if (elements > MOST) {
      throw new InvalidInputException(
          what + " has " + elements + " elements, more than one array can hold");
    }
    return new double[(int) elements];
  }

  /**
   * Makes sure that all values are finite.
   *
   * @param values row-major. Not modified
   * @param what names source and tensor in messages
   * @return {@code values}
   * @throws InvalidInputException if one is NaN or infinite; the message says where
   */
  public static double[] requireFinite(double[] values, List<Long> shape, String what) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new InvalidInputException(
            what
                + " holds "
                + values[i]
                + " at index "
                + index(i, shape)
                + "; mend the model and export it again");
      }
    }
    return values;
  }

  /** Row-major position to one index a dimension. */
  static List<Long> index(long position, List<Long> shape) {
    List<Long> index = new ArrayList<>();
    long rest = position;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      index.add(rest % shape.get(axis));
      rest /= shape.get(axis);
    }
    Collections.reverse(index);
    return index;
  }
}
