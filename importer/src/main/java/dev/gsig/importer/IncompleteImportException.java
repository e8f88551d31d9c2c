package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;

/** A checkpoint does not fit the model that it should become; the report says how far it does. */
public final class IncompleteImportException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  private final transient ImportReport report;

  IncompleteImportException(String message, ImportReport report) {
    super(message);
    this.report = report;
  }

  /** What matched, what is missing and what is left over. */
  public ImportReport report() {
    return report;
  }
}
