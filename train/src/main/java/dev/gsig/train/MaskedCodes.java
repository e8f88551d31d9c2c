package dev.gsig.train;

import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * BERT's masking (Devlin et al. 2019): 15% of the codes are to be predicted; of these 80% become
 * MASK, 10% a random code and 10% stay. Codes that the vocabulary lacks are not asked for.
 *
 * @param tokens the sequence with what was replaced
 * @param positions the positions to be predicted
 * @param targets the ids that were there
 */
record MaskedCodes(TokenSequence tokens, int[] positions, int[] targets) {
  private static final double SHARE = 0.15;
  private static final double MASKED = 0.8;
  private static final double REPLACED = 0.1;

  /**
   * Masks a sequence.
   *
   * @param codes the ids that a random code is drawn from
   * @return null if the sequence has no code that could be asked for
   */
  static MaskedCodes of(TokenSequence tokens, SpecialTokens special, int[] codes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] ids = tokens.inputIds();
    List<Integer> candidates = new ArrayList<>();
    for (int p = 0; p < tokens.length(); p++) {
      boolean unknown = special.unk() != null && ids[p] == special.unk();
      if (!tokens.isSpecial(p) && !unknown) {
        candidates.add(p);
      }
    }
    if (candidates.isEmpty()) {
      return null;
    }
    List<Integer> chosen = new ArrayList<>(candidates);
    chosen.removeIf(p -> random.nextDouble() >= SHARE);
    if (chosen.isEmpty()) {
      chosen.add(candidates.get(random.nextInt(candidates.size())));
    }
    int[] positions = chosen.stream().mapToInt(Integer::intValue).toArray();
    int[] targets = new int[positions.length];
    for (int i = 0; i < positions.length; i++) {
      targets[i] = ids[positions[i]];
      double draw = random.nextDouble();
      if (draw < MASKED) {
        ids[positions[i]] = special.mask();
      } else if (draw < MASKED + REPLACED) {
        ids[positions[i]] = codes[random.nextInt(codes.length)];
      }
    }
    return new MaskedCodes(tokens.withIds(ids), positions, targets);
  }
}
