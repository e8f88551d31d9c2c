package dev.gsig.attribution.evaluation;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import java.util.BitSet;

/** Each removed code becomes MASK; length and attention mask stay. */
record MaskedCodes() implements RemovalRule {
  @Override
  public String label() {
    return "mask";
  }

  @Override
  public TokenSequence without(TokenSequence sequence, BitSet removed, SpecialTokens special) {
    int[] ids = sequence.inputIds();
    removed.stream().forEach(j -> ids[j] = special.mask());
    return sequence.withIds(ids);
  }

  @Override
  public void requireUsable(SpecialTokens special) {
    if (special.mask() == null) {
      throw new InvalidInputException(
          "the removal rule 'mask' needs a mask_token_id in the model's config.json (of a graph:"
              + " inputs.json); choose another rule");
    }
  }
}
