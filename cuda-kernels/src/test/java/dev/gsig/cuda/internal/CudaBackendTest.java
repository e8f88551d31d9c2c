package dev.gsig.cuda.internal;

import dev.gsig.tensor.internal.BackendContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract, run by {@code cuda} with buffers as long as their tensors. */
@Tag("emulated")
@ExtendWith(EmulatedDriver.class)
class CudaBackendTest extends BackendContract {
  CudaBackendTest() {
    super(ExactCudaProvider.NAME, 1e-5);
  }
}
