package dev.gsig.attribution.evaluation;

import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import java.util.BitSet;

/** Each removed code becomes PAD; length and attention mask stay. */
record PaddedCodes() implements RemovalRule {
  @Override
  public String label() {
    return "pad";
  }

  @Override
  public TokenSequence without(TokenSequence sequence, BitSet removed, SpecialTokens special) {
    int[] ids = sequence.inputIds();
    removed.stream().forEach(j -> ids[j] = special.pad());
    return sequence.withIds(ids);
  }
}
