package dev.gsig.onnx.internal.tape;

import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import dev.gsig.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * How values of any rank lie in a tensor's three axes: the last axis of a value is the columns, all
 * axes before it are rows, and the values of several runs lie one behind the other.
 */
public final class Layout {
  private Layout() {}

  /**
   * How many runs' values a tensor holds.
   *
   * @param elements of the tensor
   * @param shape of the value in one run
   * @return how many
   * @throws InvalidInputException if it does not hold a whole number of them
   */
  private static int runs(int elements, int... shape) {
    int each = Shapes.size(shape);
    if (each == 0 || elements % each != 0) {
      throw new InvalidInputException(
          elements + " elements do not hold values of the shape " + Arrays.toString(shape));
    }
    return elements / each;
  }

  /**
   * How many runs' values several tensors hold.
   *
   * @param values the tensors
   * @param shapes of their values in one run
   * @return how many
   * @throws InvalidInputException if one does not hold a whole number of them, or as many as the
   *     others
   */
  public static int runs(List<Variable> values, List<int[]> shapes) {
    int runs = runs(values.get(0).shape().size(), shapes.get(0));
    for (int i = 1; i < values.size(); i++) {
      int own = runs(values.get(i).shape().size(), shapes.get(i));
      if (own != runs) {
        throw new InvalidInputException(
            "one path has values for " + runs + " runs, another one for " + own);
      }
    }
    return runs;
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
    double[] own = Arrays.copyOfRange(elements, run * size, (run + 1) * size);
    return type.isFloating()
        ? NdArray.of(type, own, shape)
        : NdArray.of(type, Arrays.stream(own).mapToLong(Math::round).toArray(), shape);
  }
}
