package dev.gsig.tensor.simd;

import dev.gsig.tensor.BackendContract;

/** The contract, run by {@code simd-scalar}. */
class ScalarSimdBackendTest extends BackendContract {
  ScalarSimdBackendTest() {
    super("simd-scalar", 1e-5);
  }
}
