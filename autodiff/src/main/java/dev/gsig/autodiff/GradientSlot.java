package dev.gsig.autodiff;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/**
 * Where the gradient of one variable adds up. The first contribution is stored, later ones are
 * added; a tensor that another holder relies on is copied before it is changed. Where the gradient
 * is not wanted nothing is done.
 */
public final class GradientSlot {
  /** A kernel that writes a gradient, adding to what is there if told so. */
  @FunctionalInterface
  public interface Writer {
    /** Overwrites {@code target}, or adds to it if {@code accumulate}. */
    void write(Tensor target, boolean accumulate);
  }

  private final Backend backend;
  private final Shape shape;
  private final boolean needed;
  private Tensor sum;

  GradientSlot(Backend backend, Shape shape, boolean needed) {
    this.backend = backend;
    this.shape = shape;
    this.needed = needed;
  }

  /** True when the gradient is wanted; a rule may skip what it would compute for another. */
  public boolean isNeeded() {
    return needed;
  }

  /** Lets a kernel write its contribution straight into the sum. */
  public void write(Writer writer) {
    if (needed) {
      boolean accumulate = sum != null;
      writer.write(writableSum(), accumulate);
    }
  }

  /**
   * Adds a contribution that may be shared with other slots: the slot becomes one of its holders.
   */
  public void add(Tensor contribution) {
    if (!needed) {
      return;
    }
    if (sum == null) {
      sum = contribution.retain();
    } else {
      Tensor old = sum;
      Tensor target = old.isShared() ? backend.allocate(shape) : old;
      backend.add(old, contribution, target);
      if (target != old) {
        backend.release(old);
        sum = target;
      }
    }
  }

  private Tensor writableSum() {
    if (sum == null) {
      sum = backend.allocate(shape);
    } else if (sum.isShared()) {
      Tensor own = backend.allocate(shape);
      backend.copy(sum, own);
      backend.release(sum);
      sum = own;
    }
    return sum;
  }

  /** The sum so far, or null when nothing has arrived. */
  Tensor sum() {
    return sum;
  }

  void release() {
    if (sum != null) {
      backend.release(sum);
      sum = null;
    }
  }
}
