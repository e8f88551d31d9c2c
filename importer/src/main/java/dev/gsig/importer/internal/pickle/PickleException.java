package dev.gsig.importer.internal.pickle;

/** A pickle cannot be read; the message says why, without naming the file. */
public class PickleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong
   */
  public PickleException(String message) {
    super(message);
  }
}
