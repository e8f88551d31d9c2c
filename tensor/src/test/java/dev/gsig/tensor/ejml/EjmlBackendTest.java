package dev.gsig.tensor.ejml;

import dev.gsig.tensor.BackendContract;

/** The contract, run by {@code ejml}. */
class EjmlBackendTest extends BackendContract {
  EjmlBackendTest() {
    super("ejml", 1e-12);
  }
}
