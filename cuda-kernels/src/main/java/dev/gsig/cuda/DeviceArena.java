package dev.gsig.cuda;

import dev.gsig.tensor.DeviceMemoryException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Keeps device memory that was given back for the next tensor of its size: asking the driver takes
 * longer than most kernels. What is given back may be used at once, because all work of an arena is
 * in one stream. Belongs to the thread of its backend.
 */
final class DeviceArena {
  private final Map<Integer, ArrayDeque<DeviceBuffer>> free = new HashMap<>();
  private final IntUnaryOperator sizeClass;
  private final CudaStream stream;
  private long total;

  /**
   * An empty arena.
   *
   * @param sizeClass rounds a number of floats up, so that tensors of many sizes share few buffers
   */
  DeviceArena(CudaStream stream, IntUnaryOperator sizeClass) {
    this.stream = stream;
    this.sizeClass = sizeClass;
  }

  /**
   * Memory for at least that many floats, with undefined contents.
   *
   * @throws DeviceMemoryException if the device has none left, even without what is kept here
   */
  DeviceBuffer take(int floats) {
    int size = sizeClass.applyAsInt(floats);
    ArrayDeque<DeviceBuffer> kept = free.get(size);
    DeviceBuffer buffer = kept == null ? null : kept.poll();
    if (buffer != null) {
      return buffer;
    }
    try {
      buffer = DeviceBuffer.ofFloats(size);
    } catch (DeviceMemoryException e) {
      trim();
      buffer = DeviceBuffer.ofFloats(size);
    }
    total += buffer.bytes();
    return buffer;
  }

  void giveBack(DeviceBuffer buffer) {
    int size = Math.toIntExact(buffer.bytes() / Float.BYTES);
    free.computeIfAbsent(size, n -> new ArrayDeque<>(1)).push(buffer);
  }

  /** Bytes in use or kept. */
  long totalBytes() {
    return total;
  }

  /** Gives the driver what is kept. */
  void trim() {
    stream.synchronize();
    for (ArrayDeque<DeviceBuffer> kept : free.values()) {
      while (!kept.isEmpty()) {
        DeviceBuffer buffer = kept.poll();
        total -= buffer.bytes();
        buffer.free();
      }
    }
  }
}
