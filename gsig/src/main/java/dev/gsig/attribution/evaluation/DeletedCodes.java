package dev.gsig.attribution.evaluation;

import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import java.util.BitSet;

/**
 * Removed codes leave the sequence; the rest moves up and is numbered anew, and a visit without a
 * code loses its SEP.
 */
record DeletedCodes() implements RemovalRule {
  @Override
  public String label() {
    return "delete";
  }

  @Override
  public TokenSequence without(TokenSequence sequence, BitSet removed, SpecialTokens special) {
    return sequence.without(removed::get);
  }
}
