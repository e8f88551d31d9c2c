package dev.gsig.cli;

import dev.gsig.attribution.evaluation.Faithfulness;
import java.util.stream.Stream;

/** Models whose probabilities do not depend on the codes: nothing that is measured compares. */
final class IgnoredCodes {
  /** What is said in place of a table of zeros. */
  static final String SENTENCE =
      "The model makes no use of the codes: whichever are removed, no probability changes by a"
          + " millionth. So no ranking of codes is more faithful than another, and there is"
          + " nothing to compare.";

  /** Key of the files for programs. */
  static final String KEY = "model_ignores_codes";

  /**
   * Of the range of a probability: smaller effects are a model's rounding, not its use of codes.
   */
  private static final double NO_EFFECT = 1e-6;

  private IgnoredCodes() {}

  /** Whether no removal of codes changed a probability. */
  static boolean by(Stream<Faithfulness> measured) {
    return measured.allMatch(IgnoredCodes::isNothing);
  }

  private static boolean isNothing(Faithfulness f) {
    return Math.abs(f.comprehensiveness()) < NO_EFFECT && Math.abs(f.sufficiency()) < NO_EFFECT;
  }
}
