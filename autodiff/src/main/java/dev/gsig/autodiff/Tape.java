package dev.gsig.autodiff;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Reverse-mode automatic differentiation: records operations and sweeps back over them. It knows
 * nothing of what the operations compute. Only what leads from an {@link #input} is differentiated,
 * and on a tape that trains also what reads weights. Belongs to the thread of its backend.
 */
public final class Tape implements AutoCloseable {
  private record Entry(Operation operation, Variable[] arguments, Variable result) {}

  private final Backend backend;
  private final Training training;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Variable> leaves = new ArrayList<>();
  private boolean swept;

  /** An empty tape: weights are constants. */
  public Tape(Backend backend) {
    this(backend, null);
  }

  /**
   * An empty tape that trains: its sweep adds the gradients of weights to {@code training}, which
   * outlives it.
   */
  public Tape(Backend backend, Training training) {
    this.backend = backend;
    this.training = training;
  }

  /** What training adds; null if weights are constants. */
  public Training training() {
    return training;
  }

  /** The backend that computes. */
  public Backend backend() {
    return backend;
  }

  /** A value without gradient. The tape becomes one of its holders until it is closed. */
  public Variable constant(Tensor value) {
    return leaf(value, false);
  }

  /** A value whose gradient is wanted. The tape becomes one of its holders until it is closed. */
  public Variable input(Tensor value) {
    return leaf(value, true);
  }

  private Variable leaf(Tensor value, boolean needsGradient) {
    Variable v = variable(value.retain(), needsGradient);
    leaves.add(v);
    return v;
  }

  private Variable variable(Tensor value, boolean needsGradient) {
    GradientSlot slot = new GradientSlot(backend, value.shape(), needsGradient);
    return new Variable(value, needsGradient, slot);
  }

  /**
   * Runs an operation and records it.
   *
   * @throws IllegalStateException if a gradient is needed through an argument that has no rule; the
   *     message names both; or after {@link #backward}, which released the values
   */
  public Variable apply(Operation operation, Variable... arguments) {
    requireNotSwept();
    boolean needsGradient = training != null && operation.hasWeights();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].needsGradient()) {
        needsGradient = true;
        if (!operation.isDifferentiable(i)) {
          throw new IllegalStateException(
              operation.getClass().getSimpleName() + " has no gradient rule for argument " + i);
        }
      }
    }
    Variable result = variable(operation.forward(backend, values(arguments)), needsGradient);
    entries.add(new Entry(operation, arguments.clone(), result));
    return result;
  }

  private static Tensor[] values(Variable[] variables) {
    Tensor[] values = new Tensor[variables.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = variables[i].value();
    }
    return values;
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
      GradientSlot[] slots = new GradientSlot[e.arguments.length];
      for (int a = 0; a < slots.length; a++) {
        slots[a] = e.arguments[a].slot;
      }
      Tensor[] values = values(e.arguments);
      e.operation.backward(backend, values, gy, slots);
      if (training != null && e.operation.hasWeights()) {
        e.operation.backwardWeights(backend, values, gy, training);
      }
    }
  }

  private void requireNotSwept() {
    if (swept) {
      throw new IllegalStateException("the backward sweep has released this tape's values already");
    }
  }

  private void release(Entry e) {
    e.operation.release(backend);
    e.result.slot.release();
    backend.release(e.result.value());
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

  /** Releases everything that is left. */
  @Override
  public void close() {
    for (int i = entries.size() - 1; i >= 0; i--) {
      release(entries.remove(i));
    }
    for (Variable v : leaves) {
      v.slot.release();
      backend.release(v.value());
    }
    leaves.clear();
  }
}
