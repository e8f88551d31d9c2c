package dev.gsig.autodiff;

import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** A value on a {@link Tape}, and whether its gradient is wanted. */
public final class Variable {
  private final Tensor value;
  private final boolean needsGradient;
  final GradientSlot slot;

  Variable(Tensor value, boolean needsGradient, GradientSlot slot) {
    this.value = value;
    this.needsGradient = needsGradient;
    this.slot = slot;
  }

  /** The value; valid until the tape is closed or its backward sweep has passed. */
  public Tensor value() {
    return value;
  }

  /** Shape of the value. */
  public Shape shape() {
    return value.shape();
  }

  /** True when some input that wants a gradient leads here. */
  public boolean needsGradient() {
    return needsGradient;
  }
}
