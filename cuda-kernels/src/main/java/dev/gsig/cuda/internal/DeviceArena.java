package dev.gsig.cuda.internal;

import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.ArenaLimit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * Keeps device memory that was given back for the next tensor of its size: asking the driver takes
 * longer than most kernels. How much is kept has an {@link ArenaLimit}. What is given back may be
 * used at once, because all work of an arena is in one stream. Belongs to the thread of its
 * backend.
 */
final class DeviceArena {
  private static final ArrayDeque<DeviceBuffer> NONE = new ArrayDeque<>(1);

  private final Map<Integer, ArrayDeque<DeviceBuffer>> free = new HashMap<>();

  /** The sizes of free buffers, those first that were not asked for the longest. */
  private final Set<Integer> bySizeLastAsked = new LinkedHashSet<>();

  private final ArenaLimit limit = new ArenaLimit();

  /** Buffers in use, and how many had been taken before. */
  private final Map<DeviceBuffer, Long> inUse = new HashMap<>();

  private final IntUnaryOperator sizeClass;
  private final CudaStream stream;
  private long taken;
  private long total;
  private long kept;

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
    bySizeLastAsked.remove(size);
    bySizeLastAsked.add(size);
    ArrayDeque<DeviceBuffer> ofSize = free.get(size);
    DeviceBuffer buffer = ofSize == null ? null : ofSize.poll();
    if (buffer == null) {
      buffer = ask(size);
      total += buffer.bytes();
    } else {
      kept -= buffer.bytes();
    }
    limit.take(buffer.bytes());
    inUse.put(buffer, taken++);
    return buffer;
  }

  private DeviceBuffer ask(int size) {
    long bytes = (long) size * Float.BYTES;
    keepAtMost(limit.forAnother(bytes) - bytes);
    try {
      return DeviceBuffer.ofFloats(size);
    } catch (DeviceMemoryException e) {
      trim();
      return DeviceBuffer.ofFloats(size);
    }
  }

  void giveBack(DeviceBuffer buffer) {
    if (inUse.remove(buffer) == null) {
      throw new IllegalStateException("a tensor was released that this backend did not make");
    }
    limit.giveBack(buffer.bytes());
    kept += buffer.bytes();
    int size = Math.toIntExact(buffer.bytes() / Float.BYTES);
    free.computeIfAbsent(size, n -> new ArrayDeque<>(1)).push(buffer);
  }

  /** Buffers taken so far, for {@link #giveBackSince}. */
  long taken() {
    return taken;
  }

  /** Gives back whatever is in use and was taken later. */
  void giveBackSince(long mark) {
    List<DeviceBuffer> later = new ArrayList<>();
    inUse.forEach(
        (buffer, number) -> {
          if (number >= mark) {
            later.add(buffer);
          }
        });
    later.forEach(this::giveBack);
  }

  /** Bytes in use or kept. */
  long totalBytes() {
    return total;
  }

  /** Bytes ready for the next tensors. */
  long keptBytes() {
    return kept;
  }

  /** Gives the driver what is kept. */
  void trim() {
    keepAtMost(0);
  }

  /** Gives the driver what is kept, until the arena holds no more than that or nothing is left. */
  private void keepAtMost(long bytes) {
    if (total <= bytes || kept == 0) {
      return;
    }
    stream.synchronize();
    for (int size : bySizeLastAsked) {
      ArrayDeque<DeviceBuffer> ofSize = free.getOrDefault(size, NONE);
      while (!ofSize.isEmpty() && total > bytes) {
        DeviceBuffer buffer = ofSize.poll();
        total -= buffer.bytes();
        kept -= buffer.bytes();
        buffer.free();
      }
    }
  }

  /** Gives the driver everything. */
  void free() {
    giveBackSince(0);
    trim();
  }
}
