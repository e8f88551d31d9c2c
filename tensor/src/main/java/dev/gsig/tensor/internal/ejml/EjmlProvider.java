package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.internal.CheckedBackend;

/** Opens {@link EjmlBackend}. */
public final class EjmlProvider implements Backends.Provider {
  @Override
  public String name() {
    return EjmlBackend.NAME;
  }

  @Override
  public Backend open() {
    return new CheckedBackend(new EjmlBackend());
  }
}
