package dev.gsig.tensor.internal.simd;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Scalar kernels while a program has not computed for long, then vector kernels for good; the bits
 * are the same. Until the JIT compiler knows them, vectors are objects and a kernel is a thousand
 * times slower than after. Getting there takes longer than a short computation on the scalar
 * kernels; a long one gets it back, many times over.
 */
final class ScalarAtFirst implements Supplier<PanelKernels> {
  private final PanelKernels scalar;
  private final Supplier<PanelKernels> maker;
  private final LongSupplier nanos;
  private final LongSupplier clock;

  /** By the clock; 0 while nothing was computed. */
  private final AtomicLong end = new AtomicLong();

  private volatile PanelKernels vector;

  /**
   * Nothing is computed yet.
   *
   * @param maker makes the vector kernels, once they are wanted: their classes take long to load
   * @param nanos of the scalar kernels' turn, from the first call on, which asks for it
   * @param clock in nanoseconds
   */
  ScalarAtFirst(
      PanelKernels scalar, Supplier<PanelKernels> maker, LongSupplier nanos, LongSupplier clock) {
    this.scalar = scalar;
    this.maker = maker;
    this.nanos = nanos;
    this.clock = clock;
  }

  /** The kernels whose turn it is. */
  @Override
  public PanelKernels get() {
    PanelKernels kernels = vector;
    if (kernels == null) {
      long now = clock.getAsLong();
      if (end.get() == 0) {
        end.compareAndSet(0, now + nanos.getAsLong());
      }
      if (now - end.get() < 0) {
        return scalar;
      }
      kernels = maker.get();
      vector = kernels;
    }
    return kernels;
  }
}
