package dev.gsig.attribution.evaluation;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import java.util.BitSet;

/**
 * What becomes of the codes that are removed to see what the model says without them: the model
 * reads other tokens, or other rows. Shared by threads.
 */
public interface RemovalRule {
  /** The name on the command line and in results. */
  String label();

  /**
   * The tokens that the model reads.
   *
   * @param sequence the patient's own
   * @param removed positions of the codes that are removed
   * @param special the model's
   * @return the same sequence where only rows are replaced
   */
  TokenSequence without(TokenSequence sequence, BitSet removed, SpecialTokens special);

  /**
   * Whether the rows of removed codes at the attribution point become those of {@link
   * EvaluationOptions#removalBaseline}.
   */
  default boolean takesBaselineRows() {
    return false;
  }

  /**
   * Makes sure that a model has what the rule needs.
   *
   * @throws InvalidInputException saying what it lacks
   */
  default void requireUsable(SpecialTokens special) {}
}
