package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * Float32 values in token panels, {@code [item][row/16][col][16 rows]}: sixteen rows lie side by
 * side as lanes, so that a sum over features runs lane by lane, in ascending order, whatever the
 * vector width. Lanes beyond the last row hold anything and never mix with the others. The array
 * may be longer than the shape.
 */
final class SimdTensor extends Tensor {
  /** Rows in a panel. */
  static final int LANES = 16;

  final float[] data;

  SimdTensor(Shape shape, float[] data) {
    super(shape);
    this.data = data;
  }

  /** Panels of one item. */
  int panels() {
    return panels(shape().rows());
  }

  static int panels(int rows) {
    return (rows + LANES - 1) / LANES;
  }

  /** Floats in one panel. */
  int panelSize() {
    return shape().cols() * LANES;
  }

  /** Floats in one item. */
  int itemSize() {
    return panels() * panelSize();
  }

  /** Floats that a tensor of this shape takes. */
  static int storage(Shape shape) {
    int perItem = Math.multiplyExact(Math.multiplyExact(panels(shape.rows()), LANES), shape.cols());
    return Math.multiplyExact(shape.batch(), perItem);
  }

  int storage() {
    return storage(shape());
  }

  /** Where column 0 of a row lies; column c is {@code c * LANES} further. */
  int row(int item, int row) {
    return item * itemSize() + row / LANES * panelSize() + row % LANES;
  }

  /** Where column 0 of a row lies, the rows of all items counted through. */
  int row(int number) {
    return row(number / shape().rows(), number % shape().rows());
  }

  /**
   * Rounds to float32. Every NaN becomes the one NaN that arithmetic makes: exp works on the bits,
   * and one that carries a payload would come out of it as a number.
   */
  static float round(double x) {
    return Float.intBitsToFloat(Float.floatToIntBits((float) x));
  }

  boolean drop() {
    return dropHolder();
  }

  static SimdTensor of(Tensor t) {
    return (SimdTensor) t;
  }
}
