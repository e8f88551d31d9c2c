package dev.gsig.attribution;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.BitSet;
import java.util.List;

/**
 * One input of an {@link ExplainableModel} at a patient, which a path leads to from a baseline.
 *
 * <ul>
 *   <li><b>Rows</b>, one for each position of the token sequence, as an embedding has them: {@code
 *       [1, rows, cols]}. Each row is a group of the norm l21, but for those of special tokens, and
 *       has a score of its own.
 *   <li><b>Entries</b>, such as tabular values: {@code [1, 1, n]}. Each has an attribution of its
 *       own, and counts for completeness alone.
 * </ul>
 */
public final class PathInput {
  private final String name;
  private final Shape shape;
  private final Tensor value;
  private final Tensor addend;
  private final boolean ofValues;
  private final List<String> features;
  private final double[] entries;

  private PathInput(
      String name,
      Shape shape,
      Tensor value,
      Tensor addend,
      boolean ofValues,
      List<String> features,
      double[] entries) {
    this.name = name;
    this.shape = shape;
    this.value = value;
    this.addend = addend;
    this.ofValues = ofValues;
    this.features = features;
    this.entries = entries;
  }

  /**
   * Rows.
   *
   * @param name of the input, in results and baseline files
   * @param value {@code [1, rows, cols]}; taken over, so that {@code t.retain()} is given of a
   *     tensor that the model keeps
   */
  public static PathInput rows(String name, Tensor value) {
    return rows(name, value, null);
  }

  /**
   * Rows to which something is added that is the same at every point of the path, as positions are:
   * the model gets {@code x(a) + addend}, attributions are those of x.
   *
   * @param name of the input, in results and baseline files
   * @param value {@code [1, rows, cols]}; taken over
   * @param addend the same shape; taken over; null for nothing
   */
  public static PathInput rows(String name, Tensor value, Tensor addend) {
    return new PathInput(name, value.shape(), value, addend, false, List.of(), null);
  }

  /**
   * Values of the codes: of each row the number, as the tokenizer's {@link dev.gsig.ehr.ValueInput}
   * scales it, that it is there (1), and the number that the path starts at. Their path starts
   * where the {@link ValueBaseline} says, and results show them beside their codes.
   *
   * @param name of the input, in results
   * @param value {@code [1, rows, 3]}, 0 where the sequence has no value; taken over
   */
  static PathInput values(String name, Tensor value) {
    return new PathInput(name, value.shape(), value, null, true, List.of(), null);
  }

  /**
   * Entries.
   *
   * @param name of the input, in results and baseline files
   * @param values at least one. Copied
   */
  public static PathInput entries(String name, double... values) {
    return entries(name, List.of(), values);
  }

  /**
   * Entries that are made of the patient's tabular values.
   *
   * @param name of the input, in results and baseline files
   * @param features the name of the tabular value that each entry is made of: results show it with
   *     its raw value, and count those that are missing; empty for none
   * @param values at least one, normalised. Copied
   * @throws IllegalArgumentException if there are features, but not as many as values
   */
  public static PathInput entries(String name, List<String> features, double... values) {
    if (!features.isEmpty() && features.size() != values.length) {
      throw new IllegalArgumentException(
          "the input '"
              + name
              + "': "
              + features.size()
              + " names for "
              + values.length
              + " entries");
    }
    Shape shape = Shape.matrix(1, values.length);
    return new PathInput(name, shape, null, null, false, List.copyOf(features), values.clone());
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** Whether it has a row for each position; else it has entries. */
  public boolean isRows() {
    return entries == null;
  }

  /** Whether its rows are the values of the codes. */
  boolean isOfValues() {
    return ofValues;
  }

  /** Shape of the value, {@code [1, rows, cols]} or {@code [1, 1, n]}. */
  public Shape shape() {
    return shape;
  }

  /** Names of the entries; empty for rows, and where they have none. */
  public List<String> features() {
    return features;
  }

  /** The rows. */
  Tensor value() {
    return value;
  }

  /** What is added to the rows along the path; null for nothing. */
  Tensor addend() {
    return addend;
  }

  /** The entries. Not to be modified. */
  double[] entries() {
    return entries;
  }

  /** The numbers of the value, row-major; without the addend. */
  double[] download(Backend backend) {
    return isRows() ? backend.download(value) : entries.clone();
  }

  /**
   * This input with other rows at some positions; itself if it has entries. Takes over its tensors.
   *
   * @param rows of all positions, row-major
   */
  PathInput withRows(Backend backend, BitSet positions, double[] rows) {
    if (!isRows() || positions.isEmpty()) {
      return this;
    }
    double[] values = download(backend);
    int cols = shape.cols();
    positions.stream().forEach(j -> System.arraycopy(rows, j * cols, values, j * cols, cols));
    Tensor replaced = backend.upload(shape, values);
    backend.release(value);
    return new PathInput(name, shape, replaced, addend, ofValues, List.of(), null);
  }

  /** Lets go of the tensors. */
  void release(Backend backend) {
    if (value != null) {
      backend.release(value);
    }
    if (addend != null) {
      backend.release(addend);
    }
  }

  /** As messages call it. */
  @Override
  public String toString() {
    return "the input '" + name + "'";
  }
}
