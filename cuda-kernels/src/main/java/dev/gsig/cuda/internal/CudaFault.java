package dev.gsig.cuda.internal;

/**
 * The driver reported an error that this program must not make or cannot mend: a kernel that
 * faulted, say. Nothing that was computed since the last synchronisation can be trusted.
 */
public final class CudaFault extends RuntimeException {
  private final int code;

  CudaFault(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The driver's error number, a constant of CUresult. */
  int code() {
    return code;
  }
}
