package dev.gsig.tensor;

/** Opens one kind of backend; found through {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** Name as on the command line. */
  String name();

  /** True when the user should see it in a list of choices. */
  default boolean listed() {
    return true;
  }

  /** True when {@code auto} takes this backend wherever it can be had. */
  default boolean preferred() {
    return false;
  }

  /**
   * Opens the backend on one of several devices, for the calling thread.
   *
   * @param device what stands behind the colon of {@code name:device}
   * @throws IllegalArgumentException if the backend knows no devices, or {@code device} names none
   * @throws UnsupportedOperationException as {@link #open()}
   */
  default Backend open(String device) {
    throw new IllegalArgumentException("backend '" + name() + "' has no devices to choose from");
  }

  /**
   * Opens the backend for the calling thread.
   *
   * @throws UnsupportedOperationException if this machine lacks what it needs; the message says
   *     what
   */
  Backend open();
}
