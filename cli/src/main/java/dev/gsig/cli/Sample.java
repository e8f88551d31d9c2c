package dev.gsig.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Figures of a cohort, for their median and their distribution. */
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

  /** How many figures there are. */
  int size() {
    return size;
  }

  /** How many figures are above a bound. */
  int above(double bound) {
    return (int) Arrays.stream(values, 0, size).filter(value -> value > bound).count();
  }

  /** The median, that of an even number being the mean of the middle two; null of none. */
  Double median() {
    if (size == 0) {
      return null;
    }
    double[] sorted = sorted();
    return (sorted[(size - 1) / 2] + sorted[size / 2]) / 2;
  }

  /** The values that occur, each once, in ascending order. */
  double[] distinct() {
    return Arrays.stream(values, 0, size).distinct().sorted().toArray();
  }

  /**
   * Counts the figures between edges.
   *
   * @param edges at least two, ascending. A bin holds its lower edge but not its upper one, except
   *     that the last bin holds both. No figure may lie outside.
   * @return one bin fewer than there are edges
   */
  List<Bin> bins(double... edges) {
    int[] counts = new int[edges.length - 1];
    for (int i = 0; i < size; i++) {
      int at = Arrays.binarySearch(edges, values[i]);
      counts[Math.min(at < 0 ? -at - 2 : at, counts.length - 1)]++;
    }
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      bins.add(new Bin(edges[i], edges[i + 1], counts[i]));
    }
    return bins;
  }

  /**
   * How many figures lie in an interval.
   *
   * @param from where it starts
   * @param to where it ends; may be infinite
   * @param count the figures in it
   */
  record Bin(double from, double to, int count) {}

  private double[] sorted() {
    double[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return sorted;
  }
}
