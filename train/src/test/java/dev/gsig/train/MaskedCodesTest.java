package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.VisitIndex;
import dev.gsig.ehr.Vocabulary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Fifteen percent, of these 80/10/10, and never what is no code. */
class MaskedCodesTest {
  private static final SpecialTokens SPECIAL = new SpecialTokens(0, 1, 2, 3, 4);
  private static final int[] CODES = IntStream.range(5, 105).toArray();

  private static TokenSequence sequence(String... codes) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id : CODES) {
      ids.put("c" + id, id);
    }
    Tokenizer tokenizer =
        new Tokenizer(Vocabulary.of(ids), SPECIAL, VisitIndex.BEFORE_SEP, 128, 0, false);
    return tokenizer.tokenize(new Trajectory("p", List.of(Visit.of(codes)), Map.of(), null));
  }

  @Test
  void theSharesAreBerts() {
    String[] codes = IntStream.range(0, 100).mapToObj(i -> "c" + (5 + i)).toArray(String[]::new);
    TokenSequence original = sequence(codes);
    int[] before = original.inputIds();
    int chosen = 0;
    int masked = 0;
    int kept = 0;
    int rounds = 500;
    for (int seed = 0; seed < rounds; seed++) {
      MaskedCodes item = MaskedCodes.of(original, SPECIAL, CODES, seed);
      int[] after = item.tokens().inputIds();
      chosen += item.positions().length;
      for (int i = 0; i < item.positions().length; i++) {
        int p = item.positions()[i];
        assertThat(item.targets()[i]).isEqualTo(before[p]);
        masked += after[p] == 3 ? 1 : 0;
        kept += after[p] == before[p] ? 1 : 0;
        after[p] = before[p];
      }
      assertThat(after).isEqualTo(before);
    }
    assertThat(chosen / (100.0 * rounds)).isBetween(0.14, 0.16);
    assertThat(masked / (double) chosen).isBetween(0.78, 0.82);
    // one replacement in a hundred hits the code itself
    assertThat(kept / (double) chosen).isBetween(0.09, 0.115);
  }

  @Test
  void atLeastOneCodeIsAskedForAndNeverAnUnknownOne() {
    for (int seed = 0; seed < 50; seed++) {
      MaskedCodes item = MaskedCodes.of(sequence("nobody", "c9", "else"), SPECIAL, CODES, seed);
      assertThat(item.targets()).containsExactly(9);
    }
    assertThat(MaskedCodes.of(sequence("nobody"), SPECIAL, CODES, 1)).isNull();
  }
}
