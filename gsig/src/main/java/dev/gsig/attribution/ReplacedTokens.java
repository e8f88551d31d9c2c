package dev.gsig.attribution;

import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;

/** What the model reads of the patient's sequence with other tokens in it. */
enum ReplacedTokens implements SequenceBaseline {
  /** Every position becomes PAD. */
  PAD("pad") {
    @Override
    int replacement(int id, boolean isSpecial, SpecialTokens special) {
      return special.pad();
    }
  },
  /** Every position becomes MASK. */
  MASK("mask") {
    @Override
    int replacement(int id, boolean isSpecial, SpecialTokens special) {
      return special.mask();
    }

    @Override
    public String lacks(SpecialTokens special) {
      return special.mask() == null ? "mask_token_id" : null;
    }
  },
  /** Real codes become PAD; CLS, SEP and PAD are kept. */
  PAD_TRAJECTORY("pad-trajectory") {
    @Override
    int replacement(int id, boolean isSpecial, SpecialTokens special) {
      return isSpecial ? id : special.pad();
    }
  };

  private final String label;

  ReplacedTokens(String label) {
    this.label = label;
  }

  /** The token in the place of another. */
  abstract int replacement(int id, boolean isSpecial, SpecialTokens special);

  @Override
  public String label() {
    return label;
  }

  @Override
  public double[] rows(PathEnd input) {
    TokenSequence sequence = input.subject().sequence();
    int[] ids = sequence.inputIds();
    for (int j = 0; j < ids.length; j++) {
      ids[j] = replacement(ids[j], sequence.isSpecial(j), input.specialTokens());
    }
    return input.of(sequence.withIds(ids));
  }
}
