package dev.gsig.onnx.internal.tape;

import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What has to be put on a tape to compute a graph for inputs of given shapes: constants and
 * operations in order, for any number of runs. Values have numbers, the inputs' from 0 on.
 */
final class Recording {
  /** A value: how it is put on a tape, from those before it. */
  interface Entry {
    Variable on(Tape tape, Variable[] values, int runs);

    /** The values it is computed of. */
    int[] arguments();

    /** How many numbers it has in one run. */
    long size();
  }

  /**
   * Numbers that do not depend on a path.
   *
   * @param rows how many rows
   * @param cols how many columns
   * @param numbers row-major
   * @param repeated whether each run gets its own copy; if not, the batch is 1
   */
  record Constant(int rows, int cols, double[] numbers, boolean repeated) implements Entry {
    @Override
    public Variable on(Tape tape, Variable[] values, int runs) {
      if (!repeated) {
        return tape.constant(Shape.matrix(rows, cols), numbers);
      }
      double[] all = new double[runs * numbers.length];
      for (int run = 0; run < runs; run++) {
        System.arraycopy(numbers, 0, all, run * numbers.length, numbers.length);
      }
      return tape.constant(new Shape(runs, rows, cols), all);
    }

    @Override
    public int[] arguments() {
      return new int[0];
    }

    @Override
    public long size() {
      return numbers.length;
    }

    Constant of(int[] some) {
      double[] kept = new double[some.length * cols];
      for (int r = 0; r < some.length; r++) {
        System.arraycopy(numbers, some[r] * cols, kept, r * cols, cols);
      }
      return new Constant(some.length, cols, kept, repeated);
    }
  }

  /**
   * An operation.
   *
   * @param operation for some rows of its result, null for all, a new one for so many runs
   * @param rows of the result in one run
   * @param cols of the result
   * @param arguments the values it takes
   * @param byRows how many of them, the first ones, matter to a row of the result by the same row
   *     alone
   */
  record Call(
      Function<int[], IntFunction<Operation>> operation,
      int rows,
      int cols,
      int[] arguments,
      int byRows)
      implements Entry {
    @Override
    public Variable on(Tape tape, Variable[] values, int runs) {
      return tape.apply(
          operation.apply(null).apply(runs),
          Arrays.stream(arguments).mapToObj(a -> values[a]).toArray(Variable[]::new));
    }

    @Override
    public long size() {
      return (long) rows * cols;
    }
  }

  /**
   * Some rows of a value.
   *
   * @param rows which
   * @param of how many that value has
   * @param items of each run that the rows become
   * @param cols of the value
   * @param argument the value
   */
  record Taken(int[] rows, int of, int items, int cols, int argument) implements Entry {
    @Override
    public Variable on(Tape tape, Variable[] values, int runs) {
      int[] all = new int[runs * rows.length];
      Arrays.setAll(all, i -> i / rows.length * of + rows[i % rows.length]);
      return tape.apply(new Gather(all, runs * items), values[argument]);
    }

    @Override
    public int[] arguments() {
      return new int[] {argument};
    }

    @Override
    public long size() {
      return (long) rows.length * cols;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final int inputs;
  private int result;

  /** A recording that begins with so many inputs. */
  Recording(int inputs) {
    this.inputs = inputs;
  }

  /** Adds a value; the result is its number. */
  int add(Entry entry) {
    entries.add(entry);
    return inputs + entries.size() - 1;
  }

  int inputs() {
    return inputs;
  }

  List<Entry> entries() {
    return entries;
  }

  int result() {
    return result;
  }

  /** Says which value is the result. */
  Recording to(int value) {
    result = value;
    return this;
  }

  /** How many numbers are on the tape for each run, roughly. */
  long elementsPerRun() {
    return entries.stream().mapToLong(Entry::size).sum();
  }

  /**
   * Puts it on a tape.
   *
   * @param tape the tape
   * @param paths the inputs, {@code [runs, rows, columns]}
   * @param runs how many
   * @return the result
   */
  Variable play(Tape tape, List<Variable> paths, int runs) {
    Variable[] values = new Variable[inputs + entries.size()];
    for (int i = 0; i < inputs; i++) {
      values[i] = paths.get(i);
    }
    for (int i = 0; i < entries.size(); i++) {
      values[inputs + i] = entries.get(i).on(tape, values, runs);
    }
    return values[result];
  }
}
