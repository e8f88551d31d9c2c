package dev.gsig.cuda.internal;

import dev.gsig.tensor.DeviceMemoryException;
import jcuda.driver.CUresult;

/** Turns the driver's answers into exceptions. */
final class Status {
  private Status() {}

  /**
   * Requires success.
   *
   * @param what the call, for the message
   * @throws DeviceMemoryException if memory is what is missing
   * @throws CudaFault for every other error
   */
  static void check(int code, String what) {
    if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw new DeviceMemoryException("the GPU is out of memory (" + what + ")");
    }
    if (code != CUresult.CUDA_SUCCESS) {
      throw new CudaFault(
          code, "the GPU failed: " + what + " answered " + CUresult.stringFor(code));
    }
  }
}
