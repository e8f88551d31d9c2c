package dev.gsig.autodiff;

import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** A value on a {@link Tape}, and whether its gradient is wanted. */
public final class Variable {
  private final Tape tape;
  private final Shape shape;
  private final boolean needsGradient;
  private Tensor value;
  private boolean readByRule;
  final GradientSlot slot;

  Variable(Tape tape, Tensor value, boolean needsGradient, GradientSlot slot) {
    this.tape = tape;
    this.shape = value.shape();
    this.value = value;
    this.needsGradient = needsGradient;
    this.slot = slot;
  }

  /** Says that a recorded gradient rule reads the value. */
  void readByRule() {
    readByRule = true;
  }

  /** True when a recorded gradient rule reads the value. */
  boolean isReadByRule() {
    return readByRule;
  }

  /** Gives the tape's hold on the value up, and the gradient; afterwards neither can be read. */
  void release() {
    slot.release();
    tape.backend().release(value);
    value = null;
  }

  /**
   * Applies an operation to this value and others, as {@link Tape#apply} does: {@code x.then(new
   * MatMul(), w).then(new Add(), b)} is {@code x w + b}.
   */
  public Variable then(Operation operation, Variable... others) {
    Variable[] arguments = new Variable[others.length + 1];
    arguments[0] = this;
    System.arraycopy(others, 0, arguments, 1, others.length);
    return tape.apply(operation, arguments);
  }

  /**
   * The value; valid until the tape is closed, its backward sweep has passed, or {@link Tape#chain}
   * has gone on to the next function.
   *
   * @throws IllegalStateException if it is not valid any more
   */
  public Tensor value() {
    if (value == null) {
      throw new IllegalStateException("the value " + shape + " was released");
    }
    return value;
  }

  /**
   * The value's numbers, row-major.
   *
   * @throws IllegalStateException if the value is not valid any more, see {@link #value}
   */
  public double[] values() {
    return tape.backend().download(value());
  }

  /**
   * The numbers of the gradient after {@link Tape#backward}, row-major.
   *
   * @throws IllegalStateException if this is no input, or the result did not depend on it
   */
  public double[] gradient() {
    return tape.backend().download(tape.gradient(this));
  }

  /** Shape of the value. */
  public Shape shape() {
    return shape;
  }

  /** True when some input that wants a gradient leads here. */
  public boolean needsGradient() {
    return needsGradient;
  }
}
