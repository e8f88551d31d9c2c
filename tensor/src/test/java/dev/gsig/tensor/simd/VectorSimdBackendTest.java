package dev.gsig.tensor.simd;

import dev.gsig.tensor.BackendContract;

/** The contract, run by {@code simd-vector}. */
class VectorSimdBackendTest extends BackendContract {
  VectorSimdBackendTest() {
    super("simd-vector", 1e-5);
  }
}
