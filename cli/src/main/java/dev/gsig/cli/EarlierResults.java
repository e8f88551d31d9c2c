package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.JsonObject;

/** Results of versions of gsig that did not say yet all that this one says. */
final class EarlierResults {
  private EarlierResults() {}

  /**
   * Makes sure that a result can be continued, or held against what this version writes.
   *
   * @throws InvalidInputException if it is of an earlier version
   */
  static void refuse(JsonObject result) {
    String unsaid =
        !result.keys().contains("unknown_codes")
            ? "which codes the model does not know"
            : !result.keys().contains("baseline_probability")
                ? "how probable the explained class is at the baseline"
                : !result.keys().contains("method") ? "which method made it" : null;
    if (result.keys().contains("tokens") && unsaid != null) {
      throw new InvalidInputException(
          result.source()
              + ": was written by an earlier version of gsig, which did not say "
              + unsaid
              + "; explain the cohort again, into another --out or with"
              + " --overwrite");
    }
  }
}
