package dev.gsig.cli;

import java.util.Arrays;

/** Figures of a cohort, for their median. */
final class Sample {
  private double[] values = new double[64];
  private int size;

  /**
   * Adds a patient's figure.
   *
   * @param value null where it is not defined: then it is left out
   */
  void add(Double value) {
    if (value != null) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }
  }

  /** The median, that of an even number being the mean of the middle two; null of none. */
  Double median() {
    if (size == 0) {
      return null;
    }
    double[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return (sorted[(size - 1) / 2] + sorted[size / 2]) / 2;
  }
}
