package dev.gsig.cuda.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/** Host memory that the device copies from and to by itself. Whoever made it frees it. */
final class PinnedBuffer {
  private final Pointer pointer = new Pointer();
  private final ByteBuffer contents;

  PinnedBuffer(int bytes) {
    Status.check(JCudaDriver.cuMemHostAlloc(pointer, bytes, 0), "cuMemHostAlloc");
    contents = pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  /** The memory itself. Copies that are queued must be done before it is touched. */
  ByteBuffer contents() {
    return contents;
  }

  int bytes() {
    return contents.capacity();
  }

  /** Queues a copy of {@code bytes} from {@code offset} on. */
  void copyTo(CUdeviceptr target, long offset, long bytes, CudaStream stream) {
    Pointer from = offset == 0 ? pointer : pointer.withByteOffset(offset);
    int code = JCudaDriver.cuMemcpyHtoDAsync(target, from, bytes, stream.handle());
    Status.check(code, "cuMemcpyHtoDAsync");
  }

  /** Queues a copy of {@code bytes} to its beginning. */
  void copyFrom(CUdeviceptr source, long bytes, CudaStream stream) {
    int code = JCudaDriver.cuMemcpyDtoHAsync(pointer, source, bytes, stream.handle());
    Status.check(code, "cuMemcpyDtoHAsync");
  }

  /** Gives it back to the driver; no work that uses it may be queued. */
  void free() {
    Status.check(JCudaDriver.cuMemFreeHost(pointer), "cuMemFreeHost");
  }
}
