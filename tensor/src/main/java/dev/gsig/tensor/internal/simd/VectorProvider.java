package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.internal.CheckedBackend;

/**
 * Opens {@link SimdBackend} with the vector kernels from the first call on, compiled or not: for
 * tests and benchmarks.
 */
public final class VectorProvider implements Backends.Provider {
  /** Name of this variant. */
  public static final String NAME = "simd-vector";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean listed() {
    return false;
  }

  @Override
  public Backend open() {
    return new CheckedBackend(new SimdBackend(KernelChoice.vector(), NAME));
  }
}
