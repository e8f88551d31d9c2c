package dev.gsig.onnx.tensor;

import dev.gsig.ehr.InvalidInputException;
import java.util.Arrays;

/**
 * An array of any rank, row-major: the last index runs fastest. A shape of no dimensions holds one
 * element. Arrays are not modified once made; {@link #doubles} and {@link #longs} are the elements
 * themselves and only to be read.
 */
public final class NdArray {
  private final ElementType type;
  private final int[] shape;
  private final double[] doubles;
  private final long[] longs;

  private NdArray(ElementType type, int[] shape, double[] doubles, long[] longs) {
    int given = doubles == null ? longs.length : doubles.length;
    if (Shapes.size(shape) != given) {
      throw new InvalidInputException(
          given + " elements do not fill the shape " + Arrays.toString(shape));
    }
    this.type = type;
    this.shape = shape;
    this.doubles = doubles;
    this.longs = longs;
  }

  /**
   * An array of a floating type. Values are not rounded to it.
   *
   * @param type a floating type
   * @param values the elements, which the array takes over
   * @param shape the shape
   * @return the array
   * @throws InvalidInputException if the shape does not hold as many elements
   */
  public static NdArray of(ElementType type, double[] values, int... shape) {
    if (!type.isFloating()) {
      throw new InvalidInputException(type + " has no fractions");
    }
    return new NdArray(type, shape.clone(), values, null);
  }

  /**
   * An array of whole numbers or truth values, which must be within the type's range.
   *
   * @param type a type of whole numbers
   * @param values the elements, which the array takes over
   * @param shape the shape
   * @return the array
   * @throws InvalidInputException if the shape does not hold as many elements
   */
  public static NdArray of(ElementType type, long[] values, int... shape) {
    if (type.isFloating()) {
      throw new InvalidInputException(type + " is not a type of whole numbers");
    }
    return new NdArray(type, shape.clone(), null, values);
  }

  /**
   * One number of a floating type, without dimensions.
   *
   * @param type a floating type
   * @param value the number
   * @return the array
   */
  public static NdArray scalar(ElementType type, double value) {
    return of(type, new double[] {value});
  }

  /**
   * Indices, {@link ElementType#INT64}, in a row.
   *
   * @param values the elements
   * @return the array
   */
  public static NdArray indices(long... values) {
    return of(ElementType.INT64, values.clone(), values.length);
  }

  /** What the elements are. */
  public ElementType type() {
    return type;
  }

  /** The shape, a copy. */
  public int[] shape() {
    return shape.clone();
  }

  /** How many dimensions there are. */
  public int rank() {
    return shape.length;
  }

  /**
   * The extent of a dimension.
   *
   * @param axis its index, from 0
   * @return how many indices it has
   */
  public int dim(int axis) {
    return shape[axis];
  }

  /** How many elements there are. */
  public int size() {
    return doubles == null ? longs.length : doubles.length;
  }

  /**
   * The elements of an array of a floating type.
   *
   * @return the elements themselves, only to be read
   * @throws InvalidInputException if the type is another
   */
  public double[] doubles() {
    if (doubles == null) {
      throw new InvalidInputException("floating numbers are needed here, not " + type);
    }
    return doubles;
  }

  /**
   * The elements of an array of whole numbers or truth values.
   *
   * @return the elements themselves, only to be read
   * @throws InvalidInputException if the type is another
   */
  public long[] longs() {
    if (longs == null) {
      throw new InvalidInputException("whole numbers are needed here, not " + type);
    }
    return longs;
  }

  /**
   * An element of any type.
   *
   * @param index its place, row by row
   * @return its value, nearest in 53 bits
   */
  public double number(int index) {
    return doubles == null ? type.toDouble(longs[index]) : doubles[index];
  }

  /** The elements of any type, nearest in 53 bits, only to be read. */
  public double[] numbers() {
    if (doubles != null) {
      return doubles;
    }
    double[] numbers = new double[size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(i);
    }
    return numbers;
  }

  /**
   * These elements in another shape.
   *
   * @param other a shape of as many elements
   * @return an array that shares the elements
   * @throws InvalidInputException if the shape does not hold as many elements
   */
  public NdArray reshaped(int... other) {
    return new NdArray(type, other.clone(), doubles, longs);
  }

  /**
   * Elements of this array elsewhere.
   *
   * @param source for each element of the result where it is here, or -1 for {@code fill}
   * @param fill what is put where the source has nothing
   * @param other the shape of the result
   * @return the result
   */
  public NdArray picked(int[] source, double fill, int... other) {
    if (doubles != null) {
      double[] y = new double[source.length];
      for (int i = 0; i < y.length; i++) {
        y[i] = source[i] < 0 ? fill : doubles[source[i]];
      }
      return of(type, y, other);
    }
    long[] y = new long[source.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = source[i] < 0 ? (long) fill : longs[source[i]];
    }
    return of(type, y, other);
  }

  /** These elements, each brought to what its type can hold. */
  public NdArray rounded() {
    if (type == ElementType.DOUBLE || type == ElementType.INT64 || type == ElementType.UINT64) {
      return this;
    }
    return doubles != null ? roundedDoubles() : wrappedLongs();
  }

  private NdArray roundedDoubles() {
    double[] y = null;
    for (int i = 0; i < doubles.length; i++) {
      double rounded = type.round(doubles[i]);
      if (y == null && Double.compare(rounded, doubles[i]) != 0) {
        y = doubles.clone(); // what is moved about only is of its type already
      }
      if (y != null) {
        y[i] = rounded;
      }
    }
    return y == null ? this : new NdArray(type, shape, y, null);
  }

  private NdArray wrappedLongs() {
    long[] y = longs.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = type.wrap(y[i]);
    }
    return new NdArray(type, shape, null, y);
  }

  /** Type and shape, not the elements. */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
