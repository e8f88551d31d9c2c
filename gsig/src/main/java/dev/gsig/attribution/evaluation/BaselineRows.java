package dev.gsig.attribution.evaluation;

import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import java.util.BitSet;

/** Each removed code's row of the attribution-point tensor becomes that of a sequence baseline. */
record BaselineRows() implements RemovalRule {
  @Override
  public String label() {
    return "baseline";
  }

  @Override
  public TokenSequence without(TokenSequence sequence, BitSet removed, SpecialTokens special) {
    return sequence;
  }

  @Override
  public boolean takesBaselineRows() {
    return true;
  }
}
