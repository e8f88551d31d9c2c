package dev.gsig.cuda.internal;

import java.nio.FloatBuffer;

/**
 * Copies tensors between host and device, through pinned memory and rounded to float32; what is
 * copied is there when a method returns.
 */
final class Transfers {
  /** Floats in flight: large enough for full speed, small enough to be kept by each worker. */
  private static final int CHUNK = 1 << 18;

  private final CudaStream stream;
  private PinnedBuffer pinned;
  private FloatBuffer floats;

  Transfers(CudaStream stream) {
    this.stream = stream;
  }

  private void ensurePinned() {
    if (pinned == null) {
      pinned = new PinnedBuffer(Float.BYTES * CHUNK);
      floats = pinned.contents().asFloatBuffer();
    }
  }

  /** Copies the first {@code count} values to the device. */
  void upload(double[] values, int count, DeviceBuffer target) {
    ensurePinned();
    for (int first = 0; first < count; first += CHUNK) {
      int n = Math.min(CHUNK, count - first);
      for (int i = 0; i < n; i++) {
        floats.put(i, (float) values[first + i]);
      }
      pinned.copyTo(target.at((long) Float.BYTES * first), 0, (long) Float.BYTES * n, stream);
      stream.synchronize();
    }
  }

  /** Copies {@code count} values from the device. */
  void download(DeviceBuffer source, double[] values, int count) {
    ensurePinned();
    for (int first = 0; first < count; first += CHUNK) {
      int n = Math.min(CHUNK, count - first);
      pinned.copyFrom(source.at((long) Float.BYTES * first), (long) Float.BYTES * n, stream);
      stream.synchronize();
      for (int i = 0; i < n; i++) {
        values[first + i] = floats.get(i);
      }
    }
  }

  /** Frees the pinned memory. */
  void free() {
    if (pinned != null) {
      pinned.free();
      pinned = null;
    }
  }
}
