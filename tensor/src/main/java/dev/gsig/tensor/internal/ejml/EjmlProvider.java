package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.BackendProvider;
import dev.gsig.tensor.internal.CheckedBackend;

/** Opens {@link EjmlBackend}. */
public final class EjmlProvider implements BackendProvider {
  @Override
  public String name() {
    return EjmlBackend.NAME;
  }

  @Override
  public Backend open() {
    return new CheckedBackend(new EjmlBackend());
  }
}
