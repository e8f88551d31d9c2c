package dev.gsig.transformer.safetensors;

import dev.gsig.ehr.InvalidInputException;
import java.io.Closeable;
import java.util.List;
import java.util.Set;

/**
 * Named tensors that are read one at a time: a file, several files as one, or tensors computed from
 * those of another source.
 */
public interface TensorSource extends Closeable {
  /** The names of the tensors, in a fixed order; not modifiable. */
  Set<String> names();

  /**
   * The element type of a tensor.
   *
   * @param name one of {@link #names}
   * @throws InvalidInputException if there is no such tensor
   */
  DType dtype(String name);

  /**
   * The shape of a tensor.
   *
   * @param name one of {@link #names}
   * @return the dimensions, outermost first; empty for a scalar
   * @throws InvalidInputException if there is no such tensor
   */
  List<Long> shape(String name);

  /**
   * Reads a tensor of F32, F64, F16 or BF16 values, each widened exactly.
   *
   * @param name one of {@link #names}
   * @return the values in row-major order; the caller's own
   * @throws InvalidInputException if there is no such tensor, it is of another type, is too large
   *     for an array, cannot be read, or holds NaN or infinity (source, tensor and index are named)
   */
  double[] read(String name);

  /** What messages call the source, for example the name of the file. */
  String source();

  /** Number of elements of a tensor: product(shape), 1 for a scalar. */
  default long elements(String name) {
    return shape(name).stream().reduce(1L, Math::multiplyExact);
  }

  @Override
  void close();
}
