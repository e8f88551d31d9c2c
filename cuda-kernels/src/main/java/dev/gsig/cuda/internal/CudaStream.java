package dev.gsig.cuda.internal;

import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A queue of work on the device: copies and kernels run one after the other, behind the host. */
final class CudaStream {
  private final CUstream handle = new CUstream();

  CudaStream() {
    int code = JCudaDriver.cuStreamCreate(handle, CUstream_flags.CU_STREAM_NON_BLOCKING);
    Status.check(code, "cuStreamCreate");
  }

  CUstream handle() {
    return handle;
  }

  /**
   * Waits until all is done.
   *
   * @throws CudaFault if something of it failed
   */
  void synchronize() {
    Status.check(JCudaDriver.cuStreamSynchronize(handle), "what was queued");
  }

  void destroy() {
    Status.check(JCudaDriver.cuStreamDestroy(handle), "cuStreamDestroy");
  }
}
