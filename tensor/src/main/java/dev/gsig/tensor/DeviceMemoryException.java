package dev.gsig.tensor;

/**
 * A device that computes has no memory left for what was asked for. Nothing is lost: whoever asked
 * may release tensors and ask for less.
 */
public final class DeviceMemoryException extends RuntimeException {
  /** With a message that says how much was asked for, and of whom. */
  public DeviceMemoryException(String message) {
    super(message);
  }
}
