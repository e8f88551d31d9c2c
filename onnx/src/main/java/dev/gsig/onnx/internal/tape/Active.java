package dev.gsig.onnx.internal.tape;

import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A value that depends on a path: in each run a view of {@code rows x cols} numbers of the tape.
 * Nodes that only move elements about change the view and compute nothing; so do constant factors.
 *
 * @param value what it is a view of, by its number in the {@link Recording}
 * @param rows of that, in one run
 * @param cols of that
 * @param shape the ONNX shape in one run
 * @param source for each element, row-major, where it is in the rows and columns; null if all are
 *     in order
 * @param factors for each element what it is multiplied by; null for none
 * @param type of the elements, as the graph declares it
 * @param reach the paths whose gradients come here
 */
public record Active(
    int value,
    int rows,
    int cols,
    int[] shape,
    int[] source,
    double[] factors,
    ElementType type,
    BitSet reach) {

  /**
   * A value whose elements are in order.
   *
   * @param value what it is
   * @param rows of that
   * @param cols of that
   * @param shape as many elements
   * @param like whose type and reach it has
   */
  Active(int value, int rows, int cols, int[] shape, Active like) {
    this(value, rows, cols, shape, null, null, like.type, like.reach);
  }

  /** How many elements it has in one run. */
  public int size() {
    return Shapes.size(shape);
  }

  /** Extent of the last axis. */
  public int width() {
    return shape.length == 0 ? 1 : shape[shape.length - 1];
  }

  /** Extent of an axis counted from the end; 1 where there is none. */
  public int fromEnd(int axis) {
    return shape.length <= axis ? 1 : shape[shape.length - 1 - axis];
  }

  /** Whether it is all that it is a view of, in order and as it is. */
  public boolean isPlain() {
    return source == null && factors == null;
  }

  /** Where an element is. */
  public int source(int element) {
    return source == null ? element : source[element];
  }

  /** What an element is multiplied by. */
  public double factor(int element) {
    return factors == null ? 1 : factors[element];
  }

  /** What all elements are multiplied by; NaN if that is not one number. */
  public double factor() {
    if (factors == null) {
      return 1;
    }
    boolean isOne = Arrays.stream(factors).allMatch(f -> f == factors[0]);
    return isOne ? factors[0] : Double.NaN;
  }

  /**
   * Elements of this value elsewhere.
   *
   * @param places for each element of the result which one of this it is
   * @param other the shape of the result
   * @return the view
   */
  public Active moved(int[] places, int... other) {
    int[] moved = new int[places.length];
    double[] times = factors == null ? null : new double[places.length];
    boolean inOrder = places.length == rows * cols;
    for (int i = 0; i < places.length; i++) {
      moved[i] = source(places[i]);
      inOrder &= moved[i] == i;
      if (times != null) {
        times[i] = factors[places[i]];
      }
    }
    return new Active(value, rows, cols, other, inOrder ? null : moved, times, type, reach);
  }

  /** This value repeated to a larger shape, as ONNX broadcasts. */
  public Active broadcast(int... to) {
    return Arrays.equals(shape, to) ? this : moved(Shapes.broadcastIndex(shape, to), to);
  }

  /** This value times a number, which is not computed yet. */
  public Active times(double number) {
    return number == 1 ? this : times(new double[] {number});
  }

  /** This value times numbers that repeat, such as one for each feature; not computed yet. */
  public Active times(double[] numbers) {
    double[] times = new double[size()];
    boolean isOne = true;
    for (int i = 0; i < times.length; i++) {
      times[i] = numbers[i % numbers.length] * factor(i);
      isOne &= times[i] == 1;
    }
    return new Active(value, rows, cols, shape, source, isOne ? null : times, type, reach);
  }

  /** This value with another element type. */
  public Active as(ElementType other) {
    return new Active(value, rows, cols, shape, source, factors, other, reach);
  }

  /**
   * This view of another value.
   *
   * @param other of as many rows and columns
   * @return the view, without factors
   */
  public Active viewOf(Active other) {
    return new Active(other.value, rows, cols, shape, source, null, type, other.reach);
  }

  /**
   * Its elements in another shape.
   *
   * @param other their type
   * @param to a shape of as many elements
   * @return the view
   */
  public Active shaped(ElementType other, int... to) {
    return new Active(value, rows, cols, to, source, factors, other, reach);
  }

  /**
   * Views of one value, one behind the other.
   *
   * @param parts the views
   * @param axis along which
   * @param shape of all together
   * @return one view
   */
  public static Active joined(List<Active> parts, int axis, int... shape) {
    Active first = parts.get(0);
    int size = Shapes.size(shape);
    int[] source = new int[size];
    double[] factors = new double[size];
    int[] strides = Shapes.strides(shape);
    int from = 0;
    BitSet reach = new BitSet();
    for (Active part : parts) {
      int[] places = Shapes.walk(part.shape, strides, from * strides[axis]);
      for (int i = 0; i < places.length; i++) {
        source[places[i]] = part.source(i);
        factors[places[i]] = part.factor(i);
      }
      from += part.shape[axis];
      reach.or(part.reach);
    }
    boolean isPlain = Arrays.stream(factors).allMatch(f -> f == 1);
    return new Active(
        first.value,
        first.rows,
        first.cols,
        shape,
        source,
        isPlain ? null : factors,
        first.type,
        reach);
  }

  /** Whether this and another value are the same view of things of the same rows and columns. */
  public boolean isLike(Active other) {
    return rows == other.rows
        && cols == other.cols
        && factors == null
        && other.factors == null
        && Arrays.equals(shape, other.shape)
        && Arrays.equals(source, other.source);
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
