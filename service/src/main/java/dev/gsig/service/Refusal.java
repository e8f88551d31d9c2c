package dev.gsig.service;

/** A request that is not answered: why, in one line for its sender. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status of HTTP: 400 and above
   * @param message what is wrong, and how to mend it
   */
  Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
