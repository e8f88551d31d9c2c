package dev.gsig.tensor;

/** This machine lacks what a backend needs; the message says what. */
public final class BackendUnavailableException extends UnsupportedOperationException {
  private final boolean expected;

  /**
   * A backend that cannot be had.
   *
   * @param expected true where the machine was never meant for this backend, so that nobody needs
   *     to be told unless they asked for it
   */
  public BackendUnavailableException(String message, boolean expected) {
    super(message);
    this.expected = expected;
  }

  /** True where the machine was never meant for this backend. */
  public boolean isExpected() {
    return expected;
  }
}
