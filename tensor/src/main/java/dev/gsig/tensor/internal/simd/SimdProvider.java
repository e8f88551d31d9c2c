package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.internal.CheckedBackend;

/** Opens {@link SimdBackend} with the fastest kernels of this machine. */
public final class SimdProvider implements Backends.Provider {
  @Override
  public String name() {
    return SimdBackend.NAME;
  }

  @Override
  public Backend open() {
    return new CheckedBackend(new SimdBackend(KernelChoice.PROCESS, SimdBackend.NAME));
  }
}
