package dev.gsig.onnx.internal.tape;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import dev.gsig.tensor.Shape;
import java.util.Arrays;

/**
 * How values of any rank lie in a tensor's three axes: the last axis of a value is the columns, all
 * axes before it are rows, and the values of several runs lie one behind the other.
 */
final class Layout {
  private Layout() {}

  /**
   * How many runs' values a tensor holds.
   *
   * @param elements of the tensor
   * @param shape of the value in one run
   * @return how many
   * @throws InvalidInputException if it does not hold a whole number of them
   */
  static int runs(int elements, int... shape) {
    int each = Shapes.size(shape);
    if (each == 0 || elements % each != 0) {
      throw new InvalidInputException(
          elements + " elements do not hold values of the shape " + Arrays.toString(shape));
    }
    return elements / each;
  }

  /**
   * The tensor that holds a value of several runs: {@code [n]} becomes a row, {@code [B, n]} a row
   * for each item, of more axes the first is the items', the last the columns.
   *
   * @param runs how many
   * @param shape of the value in one run
   * @return the tensor's shape
   * @throws InvalidInputException if it has no elements
   */
  static Shape tensor(int runs, int... shape) {
    int size = Shapes.size(shape);
    if (size == 0) {
      throw new InvalidInputException(
          "a value of shape " + Arrays.toString(shape) + " has no elements to explain");
    }
    int items = shape.length < 2 ? 1 : shape[0];
    int columns = shape.length == 0 ? 1 : shape[shape.length - 1];
    return new Shape(runs * items, size / items / columns, columns);
  }

  /**
   * The value of one run.
   *
   * @param elements of all runs, row-major
   * @param run which
   * @param type of the elements
   * @param shape in one run
   * @return a copy
   */
  static NdArray value(double[] elements, int run, ElementType type, int... shape) {
    int size = Shapes.size(shape);
    return NdArray.of(type, Arrays.copyOfRange(elements, run * size, (run + 1) * size), shape);
  }
}
