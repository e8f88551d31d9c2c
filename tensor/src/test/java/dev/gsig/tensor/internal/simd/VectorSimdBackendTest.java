package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.internal.BackendContract;

/** The contract, run by {@code simd-vector}. */
class VectorSimdBackendTest extends BackendContract {
  VectorSimdBackendTest() {
    super("simd-vector", 1e-5);
  }
}
