package dev.gsig.autodiff;

import static java.util.stream.Collectors.joining;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Reverse-mode automatic differentiation: records operations and sweeps back over them. It knows
 * nothing of what the operations compute. Only what leads from an {@link #input} is differentiated,
 * and on a tape that trains also what reads weights. Belongs to the thread of its backend.
 */
public final class Tape implements AutoCloseable {
  /**
   * What makes a {@link Tape} train: its {@link Weight weights} have gradients, and activations are
   * dropped. A tape without one does neither. For one thread.
   */
  public static final class Training {
    private final double dropout;
    private final SplittableRandom seeds;

    /**
     * Training of one batch.
     *
     * @param dropout share of the activations that are set to 0, from 0 to below 1
     * @param seed decides which
     */
    public Training(double dropout, long seed) {
      if (!(dropout >= 0 && dropout < 1)) {
        throw new IllegalArgumentException("dropout must be from 0 to below 1, but is " + dropout);
      }
      this.dropout = dropout;
      this.seeds = new SplittableRandom(seed);
    }

    /** Share of the activations that are set to 0. */
    public double dropout() {
      return dropout;
    }

    /** A seed for the next operation that draws; the same on every run. */
    public long nextSeed() {
      return seeds.nextLong();
    }
  }

  private record Entry(Operation operation, Variable[] arguments, Variable result) {}

  private final Backend backend;
  private final Training training;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Variable> inputs = new ArrayList<>();
  private final List<Variable> constants = new ArrayList<>();
  private final Map<Weight, GradientSlot> weights = new HashMap<>();
  private final Set<Operation> applied = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean swept;

  /** An empty tape: weights are constants. */
  public Tape(Backend backend) {
    this(backend, null);
  }

  /** An empty tape that trains: weights have gradients, {@link #gradient(Weight)}. */
  public Tape(Backend backend, Training training) {
    this.backend = backend;
    this.training = training;
  }

  /** What makes it train; null if weights are constants. */
  public Training training() {
    return training;
  }

  /** The backend that computes. */
  public Backend backend() {
    return backend;
  }

  /**
   * A value without gradient. The tape becomes one of its holders until it is closed, or within
   * {@link #chain} until that goes on.
   */
  public Variable constant(Tensor value) {
    return leaf(value, false);
  }

  /** A value whose gradient is wanted. The tape becomes one of its holders until it is closed. */
  public Variable input(Tensor value) {
    return leaf(value, true);
  }

  /** A value of this shape without gradient, from row-major numbers. */
  public Variable constant(Shape shape, double... rowMajor) {
    return uploaded(shape, rowMajor, false);
  }

  /** A value of this shape whose gradient is wanted, from row-major numbers. */
  public Variable input(Shape shape, double... rowMajor) {
    return uploaded(shape, rowMajor, true);
  }

  /** Several values whose gradients are wanted, one for each shape, from row-major numbers. */
  public List<Variable> inputs(List<Shape> shapes, List<double[]> rowMajor) {
    List<Variable> inputs = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      inputs.add(input(shapes.get(i), rowMajor.get(i)));
    }
    return inputs;
  }

  /**
   * A tensor that is a weight, as an embedding table is: a constant; but on a tape that trains a
   * value whose gradient is wanted, that of {@link Weight#table}. Tapes of several threads may read
   * it, so none of them becomes a holder: whoever owns it keeps it until all are closed.
   */
  public Variable weight(Tensor table) {
    GradientSlot slot =
        training == null
            ? new GradientSlot(backend, table.shape(), false)
            : slot(Weight.table(table));
    return new Variable(this, table, training != null, slot);
  }

  private Variable uploaded(Shape shape, double[] rowMajor, boolean needsGradient) {
    if (rowMajor.length != shape.size()) {
      throw new IllegalArgumentException(rowMajor.length + " values for " + shape);
    }
    Tensor value = backend.upload(shape, rowMajor);
    Variable v = leaf(value, needsGradient);
    backend.release(value);
    return v;
  }

  private Variable leaf(Tensor value, boolean needsGradient) {
    Variable v = variable(value.retain(), needsGradient);
    (needsGradient ? inputs : constants).add(v);
    return v;
  }

  private Variable variable(Tensor value, boolean needsGradient) {
    GradientSlot slot = new GradientSlot(backend, value.shape(), needsGradient);
    return new Variable(this, value, needsGradient, slot);
  }

  /**
   * Runs an operation, and records it if a gradient is wanted of what it reads. If not, it saves
   * nothing, and its result is a constant, kept until the tape is closed or {@link #chain} goes on.
   *
   * @param operation a new one: what it saves is of one application
   * @throws IllegalArgumentException if it does not take as many arguments, or of these shapes; the
   *     message names the operation and the shapes
   * @throws IllegalStateException if the operation was applied before; if a gradient is needed
   *     through an argument that has no rule; or after {@link #backward}, which released the values
   */
  public Variable apply(Operation operation, Variable... arguments) {
    requireNotSwept();
    if (!operation.takes(arguments.length)) {
      throw refused(
          operation, arguments, "it does not take " + arguments.length + " arguments", null);
    }
    if (!applied.add(operation)) {
      throw new IllegalStateException(name(operation) + " was applied before; make a new one");
    }
    boolean needsGradient = !read(operation).isEmpty();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].needsGradient()) {
        needsGradient = true;
        if (!operation.isDifferentiable(i)) {
          throw new IllegalStateException(
              name(operation) + " has no gradient rule for argument " + i);
        }
      }
    }
    Variable result = variable(compute(operation, arguments, needsGradient), needsGradient);
    if (needsGradient) {
      entries.add(new Entry(operation, arguments.clone(), result));
      for (Variable argument : arguments) {
        argument.readByRule();
      }
    } else {
      constants.add(result);
    }
    return result;
  }

  private Tensor compute(Operation operation, Variable[] arguments, boolean needsGradient) {
    Tensor[] x = values(arguments);
    try {
      return backend.attempt(
          () -> needsGradient ? operation.forward(backend, x) : operation.evaluate(backend, x));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw refused(operation, arguments, e.getMessage(), e);
    }
  }

  /**
   * Applies functions one after the other, {@code f_n(... f_2(f_1(x)))}, as a network does its
   * layers. Of what they compute without gradient only the last result is kept, so that a network
   * takes the memory of one layer: each other value is released when the function after the one
   * that made it has been applied, unless a recorded gradient rule reads it. Weights are not made
   * by them, and stay.
   *
   * @param x handed to the first function as it is; not released
   * @return the last result; x if there is no function
   */
  public Variable chain(Variable x, Iterable<? extends UnaryOperator<Variable>> functions) {
    int before = constants.size();
    Variable y = x;
    for (UnaryOperator<Variable> function : functions) {
      y = function.apply(y);
      releaseConstants(before, y);
    }
    return y;
  }

  /** Releases the constants from the given number on, but for one and what rules read. */
  private void releaseConstants(int from, Variable kept) {
    List<Variable> some = constants.subList(from, constants.size());
    some.removeIf(
        v -> {
          boolean unread = v != kept && !v.isReadByRule();
          if (unread) {
            v.release();
          }
          return unread;
        });
  }

  private static IllegalArgumentException refused(
      Operation operation, Variable[] arguments, String why, RuntimeException cause) {
    String shapes =
        Arrays.stream(arguments).map(a -> a.shape().toString()).collect(joining(" and "));
    return new IllegalArgumentException(
        name(operation) + " of " + (shapes.isEmpty() ? "nothing" : shapes) + ": " + why, cause);
  }

  private static String name(Operation operation) {
    String simple = operation.getClass().getSimpleName();
    return simple.isEmpty() ? operation.getClass().getName() : simple;
  }

  private static Tensor[] values(Variable[] variables) {
    Tensor[] values = new Tensor[variables.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = variables[i].value();
    }
    return values;
  }

  /**
   * Sweeps back from a loss or another single number, whose gradient with respect to itself is 1.
   *
   * @param y {@code [1, 1, 1]}
   * @throws IllegalArgumentException if it has another shape
   */
  public void backward(Variable y) {
    Tensor one = backend.upload(Shape.matrix(1, 1), new double[] {1});
    try {
      backward(y, one);
    } finally {
      backend.release(one);
    }
  }

  /**
   * Sweeps back from {@code y}; afterwards {@link #gradient} gives the gradient of every input.
   * Whatever the sweep has passed is released, so this can be done once.
   *
   * @param seed gradient with respect to y, same shape; not modified
   * @throws IllegalStateException if it was done before
   * @throws IllegalArgumentException if the seed has another shape
   */
  public void backward(Variable y, Tensor seed) {
    requireNotSwept();
    if (!seed.shape().equals(y.shape())) {
      throw new IllegalArgumentException("seed " + seed.shape() + " for a result " + y.shape());
    }
    swept = true;
    y.slot.add(seed);
    for (int i = entries.size() - 1; i >= 0; i--) {
      Entry e = entries.remove(i);
      try {
        sweep(e);
      } finally {
        release(e);
      }
    }
  }

  private void sweep(Entry e) {
    Tensor gy = e.result.slot.sum();
    if (gy != null && e.result.needsGradient()) {
      List<Weight> read = read(e.operation);
      GradientSlot[] slots = new GradientSlot[e.arguments.length + read.size()];
      int n = 0;
      for (Variable argument : e.arguments) {
        slots[n++] = argument.slot;
      }
      for (Weight weight : read) {
        slots[n++] = slot(weight);
      }
      e.operation.backward(backend, values(e.arguments), gy, slots);
    }
  }

  /** The weights of an operation whose gradients are wanted. */
  private List<Weight> read(Operation operation) {
    return training == null ? List.of() : operation.reads();
  }

  private GradientSlot slot(Weight weight) {
    return weights.computeIfAbsent(weight, w -> new GradientSlot(backend, w.shape(), true));
  }

  private void requireNotSwept() {
    if (swept) {
      throw new IllegalStateException("the backward sweep has released this tape's values already");
    }
  }

  private void release(Entry e) {
    e.operation.release(backend);
    e.result.release();
  }

  /**
   * Gradient of an input after {@link #backward}; belongs to the tape.
   *
   * @throws IllegalStateException if the result did not depend on it
   */
  public Tensor gradient(Variable input) {
    Tensor g = input.slot.sum();
    if (g == null) {
      throw new IllegalStateException("no gradient arrived at this input of " + input.shape());
    }
    return g;
  }

  /**
   * Gradient of a weight after {@link #backward}; belongs to the tape.
   *
   * @return null if no operation read it that the result depended on, or the tape does not train
   */
  public Tensor gradient(Weight weight) {
    GradientSlot slot = weights.get(weight);
    return slot == null ? null : slot.sum();
  }

  /** Releases everything that is left. */
  @Override
  public void close() {
    for (int i = entries.size() - 1; i >= 0; i--) {
      release(entries.remove(i));
    }
    constants.forEach(Variable::release);
    constants.clear();
    inputs.forEach(Variable::release);
    inputs.clear();
    weights.values().forEach(GradientSlot::release);
    weights.clear();
  }
}
