package dev.gsig.tensor;

import java.util.Locale;

/**
 * What computes, a device or the heap, has no memory left for what was asked for. Nothing is lost:
 * whoever asked may release tensors and ask for less.
 */
public final class DeviceMemoryException extends RuntimeException {
  private final boolean heap;

  /** With a message that says how much was asked for, and of whom. */
  public DeviceMemoryException(String message) {
    this(message, false);
  }

  private DeviceMemoryException(String message, boolean heap) {
    super(message);
    this.heap = heap;
  }

  /**
   * The heap of this JVM has no memory left.
   *
   * @param bytes asked for at once; 0 if that is not known
   */
  public static DeviceMemoryException ofHeap(long bytes) {
    String asked = bytes == 0 ? "" : String.format(Locale.ROOT, "%,d bytes asked for, ", bytes);
    long most = Runtime.getRuntime().maxMemory() >> 20;
    return new DeviceMemoryException(
        "the JVM is out of memory: " + asked + "it may use " + most + " MiB", true);
  }

  /**
   * This with what was computed in front of the message, unless it says so already.
   *
   * @param what whatever the memory was wanted for
   */
  public DeviceMemoryException during(String what) {
    if (getCause() instanceof DeviceMemoryException) {
      return this;
    }
    DeviceMemoryException named = new DeviceMemoryException(what + ": " + getMessage(), heap);
    named.initCause(this);
    return named;
  }

  /** Whether it is the heap of this JVM that is short. */
  public boolean isHeap() {
    return heap;
  }
}
