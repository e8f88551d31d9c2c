package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.internal.CheckedBackend;

/** Opens {@link SimdBackend} with the scalar kernels, to compare them with the vector ones. */
public final class ScalarProvider implements Backends.Provider {
  /** Name of this variant. */
  public static final String NAME = "simd-scalar";

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
    return new CheckedBackend(new SimdBackend(KernelChoice.scalar("asked for by name"), NAME));
  }
}
