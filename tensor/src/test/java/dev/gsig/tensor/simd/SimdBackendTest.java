package dev.gsig.tensor.simd;

import dev.gsig.tensor.BackendContract;

/** The contract, run by {@code simd}. */
class SimdBackendTest extends BackendContract {
  SimdBackendTest() {
    super("simd", 1e-5);
  }
}
