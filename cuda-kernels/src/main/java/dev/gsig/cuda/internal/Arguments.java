package dev.gsig.cuda.internal;

import java.nio.ByteBuffer;

/**
 * Takes small arrays that kernels read (lengths, row numbers, weights) to the device without
 * waiting for it: they are written to pinned memory and copied from there in stream order. When
 * that is full, it waits once and starts again.
 */
final class Arguments {
  private static final int CAPACITY = 1 << 16;

  /** Arrays start at multiples of it. */
  private static final int ALIGNMENT = 16;

  private final CudaStream stream;
  private PinnedBuffer host;
  private DeviceBuffer device;
  private int used;

  Arguments(CudaStream stream) {
    this.stream = stream;
  }

  /** Address of a copy of the values; good for kernels that are launched before the next call. */
  long integers(int[] values) {
    int at = reserve(Integer.BYTES * values.length);
    for (int i = 0; i < values.length; i++) {
      host.contents().putInt(at + Integer.BYTES * i, values[i]);
    }
    return copy(at, Integer.BYTES * values.length);
  }

  /**
   * Address of a copy of truth values, as int 0 and 1; good as long as that of {@link #integers}.
   */
  long flags(boolean[] values) {
    int[] numbers = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      numbers[i] = values[i] ? 1 : 0;
    }
    return integers(numbers);
  }

  /**
   * Address of a copy of numbers, rounded to float32; good as long as that of {@link #integers}.
   */
  long floats(double[] values) {
    int at = reserve(Float.BYTES * values.length);
    ByteBuffer contents = host.contents();
    for (int i = 0; i < values.length; i++) {
      contents.putFloat(at + Float.BYTES * i, (float) values[i]);
    }
    return copy(at, Float.BYTES * values.length);
  }

  private long copy(int at, int bytes) {
    if (bytes > 0) {
      host.copyTo(device.at(at), at, bytes, stream);
    }
    used = (at + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return device.address() + at;
  }

  private int reserve(int bytes) {
    if (host == null || bytes > host.bytes()) {
      free();
      int size = Math.max(CAPACITY, Math.multiplyExact(2, bytes));
      device = DeviceBuffer.ofBytes(size);
      host = new PinnedBuffer(size);
    } else if (used + bytes > host.bytes()) {
      // kernels may still read what would be overwritten
      stream.synchronize();
      used = 0;
    }
    return used;
  }

  /** Frees the memory. */
  void free() {
    if (device != null) {
      stream.synchronize();
      device.free();
      device = null;
    }
    if (host != null) {
      host.free();
      host = null;
    }
    used = 0;
  }
}
