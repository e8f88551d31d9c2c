package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.internal.BackendContract;

/** The contract, run by {@code simd-scalar}. */
class ScalarSimdBackendTest extends BackendContract {
  ScalarSimdBackendTest() {
    super("simd-scalar", 1e-5);
  }
}
