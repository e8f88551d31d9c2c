package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A tensor of the model folder, computed from those of a checkpoint when it is read.
 *
 * @param dtype what it is stored as: F32, or F64 where a sum would not fit F32 exactly
 * @param shape the dimensions
 * @param from says how it is computed
 * @param values row-major; computed anew at every call
 */
public record Derived(DType dtype, List<Long> shape, String from, Supplier<double[]> values) {
  /** Copies the shape. */
  public Derived {
    shape = List.copyOf(shape);
  }

  static Derived of(TensorSource in, String name) {
    return new Derived(in.dtype(name), in.shape(name), name, () -> in.read(name));
  }

  boolean isMatrix() {
    return shape.size() == 2;
  }

  int rows() {
    return Math.toIntExact(shape.get(0));
  }

  int columns() {
    return Math.toIntExact(shape.get(1));
  }

  private Derived with(List<Long> newShape, String newFrom, UnaryOperator<double[]> f) {
    return new Derived(dtype, newShape, newFrom, () -> f.apply(values.get()));
  }

  private long rowSize() {
    return shape.stream().skip(1).reduce(1L, (a, b) -> a * b);
  }

  /** Rows {@code first} to {@code first + count - 1}. */
  Derived slice(int first, int count) {
    List<Long> rows = new ArrayList<>(shape);
    rows.set(0, (long) count);
    int size = Math.toIntExact(rowSize());
    return with(
        rows,
        from + "[" + first + ":" + (first + count) + "]",
        v -> Arrays.copyOfRange(v, first * size, (first + count) * size));
  }

  /** The i-th of k equal blocks of rows. */
  Derived block(int i, int k) {
    Derived slice = slice(i * (rows() / k), rows() / k);
    return new Derived(dtype, slice.shape, from + "#" + i + "/" + k, slice.values);
  }

  /** A matrix the other way round. */
  Derived transposed() {
    int rows = rows();
    int columns = columns();
    return with(
        List.of((long) columns, (long) rows),
        from + "^T",
        v -> {
          double[] t = new double[v.length];
          for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
              t[c * rows + r] = v[r * columns + c];
            }
          }
          return t;
        });
  }

  /** Columns {@code first} to {@code first + count - 1} of a matrix. */
  Derived columns(int first, int count) {
    Derived cut = transposed().slice(first, count).transposed();
    String name = from + "[:, " + first + ":" + (first + count) + "]";
    return new Derived(dtype, cut.shape, name, cut.values);
  }

  /** As a vector. */
  Derived flattened() {
    return with(List.of(shape.stream().reduce(1L, (a, b) -> a * b)), from, v -> v);
  }

  /** A vector as a matrix of one row. */
  Derived asRow() {
    return with(List.of(1L, shape.get(0)), from, v -> v);
  }

  /** A vector as a matrix of one column. */
  Derived asColumn() {
    return with(List.of(shape.get(0), 1L), from, v -> v);
  }

  /** A matrix in which a vector takes the place of a row, or follows the last. */
  Derived withRow(int row, Derived vector) {
    List<Derived> parts = new ArrayList<>();
    if (row > 0) {
      parts.add(slice(0, row));
    }
    parts.add(vector.asRow());
    if (row + 1 < rows()) {
      parts.add(slice(row + 1, rows() - row - 1));
    }
    return concatenated(parts);
  }

  /** A matrix behind a row of zeros. */
  Derived behindZeros() {
    return concatenated(List.of(zeros(columns(), "0").asRow(), this));
  }

  /** Each row e of a table to {@code P e + b}, stored as F64. */
  Derived projected(Derived weight, Derived bias) {
    int narrow = columns();
    int wide = weight.rows();
    return table(
        rows(),
        wide,
        from + " through " + weight.from,
        () -> {
          double[] e = values.get();
          double[] p = weight.values.get();
          double[] b = bias == null ? new double[wide] : bias.values.get();
          return row -> {
            double[] out = b.clone();
            for (int i = 0; i < wide; i++) {
              for (int j = 0; j < narrow; j++) {
                out[i] += p[i * narrow + j] * e[row * narrow + j];
              }
            }
            return out;
          };
        });
  }

  /** Without dimensions of size 1. */
  Derived squeezed() {
    return with(shape.stream().filter(n -> n != 1).toList(), from, v -> v);
  }

  /** The rows of all, one below the other. */
  static Derived concatenated(List<Derived> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    List<Long> shape = new ArrayList<>(parts.get(0).shape);
    shape.set(0, parts.stream().mapToLong(Derived::rows).sum());
    boolean wide = parts.stream().anyMatch(p -> p.dtype == DType.F64);
    return new Derived(
        wide ? DType.F64 : parts.get(0).dtype,
        shape,
        parts.stream().map(Derived::from).collect(Collectors.joining(" & ")),
        () -> parts.stream().flatMapToDouble(p -> Arrays.stream(p.values.get())).toArray());
  }

  /** A table of rows computed one by one, stored as F64. */
  static Derived table(int rows, int columns, String from, Supplier<IntFunction<double[]>> row) {
    return new Derived(
        DType.F64,
        List.of((long) rows, (long) columns),
        from,
        () -> {
          IntFunction<double[]> f = row.get();
          double[] all = new double[rows * columns];
          for (int r = 0; r < rows; r++) {
            System.arraycopy(f.apply(r), 0, all, r * columns, columns);
          }
          return all;
        });
  }

  /** To each row of this the row of another table that a number says, stored as F64. */
  Derived plusRows(Derived other, IntFunction<Integer> rowOfOther) {
    int columns = columns();
    boolean all = true;
    for (int r = 0; r < rows(); r++) {
      all &= rowOfOther.apply(r) < other.rows();
    }
    if (other.columns() != columns || !all) {
      throw new InvalidInputException(
          "a table of shape "
              + other.shape
              + " ("
              + other.from
              + ") cannot be added to one of shape "
              + shape
              + " ("
              + from
              + ")");
    }
    return table(
        rows(),
        columns,
        from + " + " + other.from,
        () -> {
          double[] mine = values.get();
          double[] theirs = other.values.get();
          return r -> {
            double[] sum = new double[columns];
            for (int c = 0; c < columns; c++) {
              sum[c] = mine[r * columns + c] + theirs[rowOfOther.apply(r) * columns + c];
            }
            return sum;
          };
        });
  }

  /** A new value from a value, its row and its column. */
  @FunctionalInterface
  interface ElementMap {
    double apply(double value, int row, int column);
  }

  /** Every element of a matrix, or of a vector as one of a single column, stored as F64. */
  Derived mapped(String how, ElementMap f) {
    int columns = shape.size() < 2 ? 1 : columns();
    return new Derived(
        DType.F64,
        shape,
        from + how,
        () -> {
          double[] v = values.get();
          for (int i = 0; i < v.length; i++) {
            v[i] = f.apply(v[i], i / columns, i % columns);
          }
          return v;
        });
  }

  /** To this vector the product of a matrix and another vector, stored as F64. */
  Derived plusProduct(String how, Derived matrix, IntToDoubleFunction vector) {
    int columns = matrix.columns();
    return new Derived(
        DType.F64,
        shape,
        from + how,
        () -> {
          double[] sum = values.get();
          double[] m = matrix.values.get();
          for (int i = 0; i < m.length; i++) {
            sum[i / columns] += m[i] * vector.applyAsDouble(i % columns);
          }
          return sum;
        });
  }

  /** A vector of zeros, for a layer that has no such weight. */
  public static Derived zeros(long size, String why) {
    return new Derived(DType.F32, List.of(size), why, () -> new double[Math.toIntExact(size)]);
  }

  /** The first {@code count} columns of a matrix moved behind the others. */
  Derived firstColumnsLast(int count) {
    int rows = rows();
    int columns = columns();
    return with(
        shape,
        from + " (columns reordered)",
        v -> {
          double[] moved = new double[v.length];
          for (int r = 0; r < rows; r++) {
            int at = r * columns;
            System.arraycopy(v, at + count, moved, at, columns - count);
            System.arraycopy(v, at, moved, at + columns - count, count);
          }
          return moved;
        });
  }
}
