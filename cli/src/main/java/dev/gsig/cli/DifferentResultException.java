package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;

/** Results that were computed again are not those that are there; the message says where. */
final class DifferentResultException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  DifferentResultException(String message) {
    super(message);
  }

  DifferentResultException(String message, DifferentResultException cause) {
    super(message, cause);
  }
}
