package dev.gsig.ehr;

/**
 * A cohort is refused as a whole, because a model does not know most of its codes: what was made of
 * its first patients is of no use either.
 */
public final class UnknownCodesException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the line shown to the user
   */
  public UnknownCodesException(String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message the line shown to the user
   * @param cause what was caught; never shown to the user
   */
  public UnknownCodesException(String message, Throwable cause) {
    super(message, cause);
  }
}
