package dev.gsig.importer.internal;

import dev.gsig.onnx.OnnxValue;
import dev.gsig.onnx.tensor.ElementType;
import java.util.Arrays;

/**
 * An input of a graph.
 *
 * @param value its name, type and dimensions
 * @param source what it holds
 * @param real of a mask what stands for a real token, or for a value that is there: 1 or 0; the
 *     other stands for the others
 * @param first of positions the number of the first one
 * @param constant of a constant the number
 * @param feature of an input of one tabular value, the name of that; null where it shares what the
 *     others leave
 */
public record GraphInput(
    OnnxValue value, GraphSource source, int real, int first, double constant, String feature) {
  /** Its name in the graph. */
  public String name() {
    return value.name();
  }

  /** What its elements are. */
  public ElementType type() {
    return value.type();
  }

  /**
   * Whether a path leads to its numbers: values, and tabular values that are normalised. A tabular
   * value of whole numbers counts as a class and stands still.
   */
  public boolean isOnPath() {
    return switch (source) {
      case VALUE -> type().isFloating();
      case VALUE_MASK -> type().isFloating() && real == 1;
      case TABULAR -> type().isFloating();
      default -> false;
    };
  }

  /** How many tabular values it takes for a patient; -1 where the graph leaves it open. */
  int features() {
    int rank = value.dims().size();
    return rank < 2 ? 1 : number(value.dims().get(rank - 1));
  }

  /**
   * Its shape for one patient.
   *
   * @param length which of its axes the positions are on; -1 for none
   * @param rows how many positions there are
   * @param last the extent of the last axis, where that is none of positions or patients
   */
  int[] shape(int length, int rows, int last) {
    int[] shape = new int[value.dims().size()];
    Arrays.fill(shape, 1);
    if (length >= 0) {
      shape[length] = rows;
    } else if (shape.length > 1) {
      shape[shape.length - 1] = last;
    }
    return shape;
  }

  /** The extent that a dimension was exported with; -1 where it is open. */
  static int number(String dim) {
    return dim.matches("\\d{1,9}") ? Integer.parseInt(dim) : -1;
  }
}
