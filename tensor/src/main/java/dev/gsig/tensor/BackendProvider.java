package dev.gsig.tensor;

/** Opens one kind of backend; found through {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** Name as on the command line. */
  String name();

  /** True when the user should see it in a list of choices. */
  default boolean listed() {
    return true;
  }

  /**
   * Opens the backend for the calling thread.
   *
   * @throws UnsupportedOperationException if this machine lacks what it needs; the message says
   *     what
   */
  Backend open();
}
