package dev.gsig.tensor.internal.ejml;

import dev.gsig.tensor.internal.BackendContract;

/** The contract, run by {@code ejml}. */
class EjmlBackendTest extends BackendContract {
  EjmlBackendTest() {
    super("ejml", 1e-12);
  }
}
