package dev.gsig.tensor.internal.simd;

import java.time.Duration;
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
  private final long nanos;
  private final LongSupplier clock;

  /** By the clock; 0 while nothing was computed. */
  private final AtomicLong end = new AtomicLong();

  private volatile PanelKernels vector;

  /**
   * Nothing is computed yet.
   *
   * @param maker makes the vector kernels, once they are wanted: their classes take long to load
   * @param duration of the scalar kernels' turn, from the first call on
   * @param clock in nanoseconds
   */
  ScalarAtFirst(
      PanelKernels scalar, Supplier<PanelKernels> maker, Duration duration, LongSupplier clock) {
    this.scalar = scalar;
    this.maker = maker;
    this.nanos = duration.toNanos();
    this.clock = clock;
  }

  /** The kernels whose turn it is. */
  @Override
  public PanelKernels get() {
    PanelKernels kernels = vector;
    if (kernels == null) {
      long now = clock.getAsLong();
      end.compareAndSet(0, now + nanos);
      if (now - end.get() < 0) {
        return scalar;
      }
      kernels = maker.get();
      vector = kernels;
    }
    return kernels;
  }
}
