package dev.gsig.cuda.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Launches kernels into a stream. Only the families' classes use it: they give each kernel a method
 * with typed parameters. The kind of every argument is held against the PTX.
 */
final class Launcher {
  /** Threads in a block of every kernel; THREADS in common.cuh. */
  static final int THREADS = 256;

  private static final int SLOTS = 24;

  private final CudaStream stream;
  private final ByteBuffer slots =
      ByteBuffer.allocateDirect(Long.BYTES * SLOTS).order(ByteOrder.nativeOrder());
  private final Pointer pointers;
  private Kernel kernel;
  private int next;

  Launcher(CudaStream stream) {
    this.stream = stream;
    Pointer[] each = new Pointer[SLOTS];
    for (int i = 0; i < SLOTS; i++) {
      each[i] = Pointer.to(slots).withByteOffset((long) Long.BYTES * i);
    }
    pointers = Pointer.to(each);
  }

  /** Begins a launch; the arguments follow in the order of the source. */
  Launcher of(Kernel k) {
    kernel = k;
    next = 0;
    return this;
  }

  private int slot(char kind) {
    if (next >= kernel.signature().length() || kernel.signature().charAt(next) != kind) {
      throw new IllegalStateException(
          "argument " + next + " of " + kernel.name() + kernel.signature() + " is not " + kind);
    }
    return Long.BYTES * next++;
  }

  /** An address; 0 is null. */
  Launcher address(long value) {
    slots.putLong(slot('p'), value);
    return this;
  }

  /** A tensor, or null. */
  Launcher tensor(CudaTensor t) {
    return address(t == null ? 0 : t.address());
  }

  Launcher integer(int value) {
    slots.putInt(slot('i'), value);
    return this;
  }

  Launcher flag(boolean value) {
    return integer(value ? 1 : 0);
  }

  Launcher number(double value) {
    slots.putFloat(slot('f'), (float) value);
    return this;
  }

  /** Queues it with one thread for each of {@code n} elements. */
  void elements(int n) {
    grid(blocks(n, THREADS), 1, 1);
  }

  /** Queues it with one warp of 32 threads for each of {@code n} rows. */
  void rows(int n) {
    grid(blocks(n, THREADS / 32), 1, 1);
  }

  /** Queues it on a grid of blocks. */
  void grid(int x, int y, int z) {
    if (next != kernel.signature().length()) {
      throw new IllegalStateException(next + " arguments for " + kernel.name());
    }
    int code =
        JCudaDriver.cuLaunchKernel(
            kernel.function(), x, y, z, THREADS, 1, 1, 0, stream.handle(), pointers, null);
    Status.check(code, "launching " + kernel.name());
  }

  /** Blocks of {@code size} that cover {@code n}. */
  static int blocks(int n, int size) {
    return (int) (((long) n + size - 1) / size);
  }
}
