package dev.gsig.tensor;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A backend-owned buffer with a logical {@link Shape}. Only the backend that made it can read or
 * write it.
 *
 * <p>Tensors are counted, not collected: the arena of the backend takes the storage back when the
 * last holder calls {@link Backend#release}. A tensor belongs to the thread of its backend; weights
 * and uploaded constants, which are never written again, may be read and held by every fork, as
 * long as their owner holds them too.
 */
public abstract class Tensor {
  private static final AtomicIntegerFieldUpdater<Tensor> HOLDERS =
      AtomicIntegerFieldUpdater.newUpdater(Tensor.class, "holders");

  private final Shape shape;
  private volatile int holders = 1;

  /** Creates a tensor with one holder. */
  protected Tensor(Shape shape) {
    this.shape = shape;
  }

  /** Logical shape. */
  public final Shape shape() {
    return shape;
  }

  /** Adds a holder and returns this tensor. */
  public final Tensor retain() {
    if (HOLDERS.getAndUpdate(this, n -> n == 0 ? 0 : n + 1) == 0) {
      throw new IllegalStateException("tensor " + shape + " was released already");
    }
    return this;
  }

  /** True when more than one holder relies on the contents, so that nobody may overwrite them. */
  public final boolean isShared() {
    return holders > 1;
  }

  /**
   * Takes one holder away; called by the backend.
   *
   * @return true when it was the last one and the storage is free
   */
  protected final boolean dropHolder() {
    int before = HOLDERS.getAndUpdate(this, n -> Math.max(0, n - 1));
    if (before == 0) {
      throw new IllegalStateException("tensor " + shape + " was released twice");
    }
    return before == 1;
  }
}
