package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.internal.BackendContract;

/** The contract, run by {@code simd}. */
class SimdBackendTest extends BackendContract {
  SimdBackendTest() {
    super("simd", 1e-5);
  }
}
