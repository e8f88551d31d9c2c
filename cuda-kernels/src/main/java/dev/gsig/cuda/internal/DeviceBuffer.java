package dev.gsig.cuda.internal;

import dev.gsig.tensor.DeviceMemoryException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A piece of device memory. Whoever made it frees it. */
final class DeviceBuffer {
  private static final AtomicLong TOTAL = new AtomicLong();

  private final DevicePointer pointer = new DevicePointer();
  private final long bytes;

  private DeviceBuffer(long bytes) {
    this.bytes = bytes;
  }

  /**
   * Asks the driver for memory.
   *
   * @throws DeviceMemoryException if there is not as much; the message says how much there is
   */
  static DeviceBuffer ofBytes(long bytes) {
    DeviceBuffer buffer = new DeviceBuffer(bytes);
    int code = JCudaDriver.cuMemAlloc(buffer.pointer, bytes);
    if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      long[] free = new long[1];
      long[] total = new long[1];
      Status.check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
      throw new DeviceMemoryException(
          String.format(
              Locale.ROOT,
              "the GPU is out of memory: %,d bytes asked for, %d of %d MiB free",
              bytes,
              free[0] >> 20,
              total[0] >> 20));
    }
    Status.check(code, "cuMemAlloc");
    TOTAL.addAndGet(bytes);
    return buffer;
  }

  static DeviceBuffer ofFloats(long floats) {
    return ofBytes(Float.BYTES * floats);
  }

  /** Bytes of all buffers that were not freed. */
  static long totalBytes() {
    return TOTAL.get();
  }

  /** Address of its first byte. */
  long address() {
    return pointer.address();
  }

  /** A pointer {@code offset} bytes behind its first. */
  CUdeviceptr at(long offset) {
    return offset == 0 ? pointer : pointer.withByteOffset(offset);
  }

  long bytes() {
    return bytes;
  }

  /** Gives it back to the driver; no work that uses it may be queued. */
  void free() {
    TOTAL.addAndGet(-bytes);
    Status.check(JCudaDriver.cuMemFree(pointer), "cuMemFree");
  }
}
