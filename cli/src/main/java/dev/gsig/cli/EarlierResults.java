package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.JsonObject;

/** Results of versions of gsig that did not say yet what was accepted about a record. */
final class EarlierResults {
  private EarlierResults() {}

  /**
   * Makes sure that a result can be continued, or held against what this version writes.
   *
   * @throws InvalidInputException if it is of an earlier version
   */
  static void refuse(JsonObject result) {
    if (result.keys().contains("tokens") && !result.keys().contains("unknown_codes")) {
      throw new InvalidInputException(
          result.source()
              + ": was written by an earlier version of gsig, which did not say which codes the"
              + " model does not know; explain the cohort again, into another --out or with"
              + " --overwrite");
    }
  }
}
