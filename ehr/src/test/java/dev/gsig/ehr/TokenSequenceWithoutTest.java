package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sequences that lose codes, by hand: PAD 0, CLS 1, SEP 2, MASK 3, UNK 4, a to d 5-8. */
class TokenSequenceWithoutTest {
  private static final SpecialTokens ALL = new SpecialTokens(0, 1, 2, 3, 4);
  private static final Vocabulary CODES = Vocabulary.of(Map.of("a", 5, "b", 6, "c", 7, "d", 8));

  private static Trajectory patient(Visit... visits) {
    return new Trajectory("p", List.of(visits), Map.of(), null);
  }

  private static Visit visit(double age, int type, String... codes) {
    return new Visit(null, List.of(codes), age, type);
  }

  private static TokenSequence tokens(SpecialTokens special, int length, Trajectory patient) {
    return new Tokenizer(CODES, special, VisitIndex.BEFORE_SEP, length, 1, true).tokenize(patient);
  }

  private static TokenSequence without(TokenSequence tokens, Integer... positions) {
    return tokens.without(Set.of(positions)::contains);
  }

  private static final Trajectory THREE =
      patient(visit(40, 1, "a", "b"), visit(50, 2, "c"), visit(60, 3, "d", "a"));

  @Test
  void whatFollowsMovesUp() {
    // CLS a b SEP c SEP d a SEP PAD
    TokenSequence tokens = without(tokens(ALL, 10, THREE), 1);
    assertThat(tokens.inputIds()).containsExactly(1, 6, 2, 7, 2, 8, 5, 2, 0, 0);
    assertThat(tokens.length()).isEqualTo(8);
    assertThat(tokens.visitIndex()).containsExactly(0, 0, 0, 1, 1, 2, 2, 2, 3, 3);
    assertThat(tokens.age()).containsExactly(40, 40, 40, 50, 50, 60, 60, 60, 60, 60);
    assertThat(tokens.tokenType()).containsExactly(1, 1, 1, 2, 2, 3, 3, 3, 3, 3);
    assertThat(IntStream.range(0, 10).map(tokens::visit).toArray())
        .containsExactly(-1, 0, 0, 1, 1, 2, 2, 2, -1, -1);
    assertThat(tokens.code(1)).isEqualTo("b");
    assertThat(tokens.codeIndex(1)).isEqualTo(1);
    assertThat(tokens.isSpecial(8)).isTrue();
  }

  @Test
  void anEmptiedVisitLosesItsSep() {
    TokenSequence middle = without(tokens(ALL, 10, THREE), 4);
    assertThat(middle.inputIds()).containsExactly(1, 5, 6, 2, 8, 5, 2, 0, 0, 0);
    assertThat(middle.visitIndex()).containsExactly(0, 0, 0, 0, 1, 1, 1, 2, 2, 2);
    assertThat(middle.age()).containsExactly(40, 40, 40, 40, 60, 60, 60, 60, 60, 60);
    assertThat(middle.visit(4)).isEqualTo(2);
    TokenSequence outer = without(tokens(ALL, 10, THREE), 1, 2, 6, 7);
    assertThat(outer.inputIds()).containsExactly(1, 7, 2, 0, 0, 0, 0, 0, 0, 0);
    assertThat(outer.age()).containsOnly(50);
  }

  @Test
  void clsAloneKeepsItsInputs() {
    TokenSequence nothing = tokens(ALL, 10, THREE).without(p -> true);
    assertThat(nothing.inputIds()).containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(nothing.length()).isEqualTo(1);
    assertThat(nothing.age()).startsWith(40, 60).endsWith(60);
    assertThat(nothing.visitIndex()).containsOnly(0);
  }

  @Test
  void withoutClsAndSepTheVisitsAreCounted() {
    TokenSequence tokens = without(tokens(new SpecialTokens(0, null, null, 3, 4), 7, THREE), 2);
    assertThat(tokens.inputIds()).containsExactly(5, 6, 8, 5, 0, 0, 0);
    assertThat(tokens.visitIndex()).containsExactly(0, 0, 1, 1, 2, 2, 2);
    TokenSequence nothing =
        tokens(new SpecialTokens(0, null, null, 3, 4), 7, THREE).without(p -> true);
    assertThat(nothing.length()).isZero();
  }

  @Test
  void nothingThatWasCutComesBack() {
    // Of CLS a b SEP c SEP d a SEP the last five are kept: SEP of the first visit, c SEP ... fits 7
    TokenSequence cut = tokens(ALL, 7, THREE);
    assertThat(cut.inputIds()).containsExactly(1, 2, 7, 2, 8, 5, 2);
    TokenSequence less = without(cut, 2);
    // The first SEP lost no code here, so it stays.
    assertThat(less.inputIds()).containsExactly(1, 2, 8, 5, 2, 0, 0);
    assertThat(less.age()).startsWith(40, 40, 60);
    assertThat(less.truncatedTokens()).isEqualTo(2);
  }

  @Test
  void withoutNothingIsTheSame() {
    TokenSequence tokens = tokens(ALL, 10, THREE);
    TokenSequence same = tokens.without(p -> false);
    assertThat(same.inputIds()).isEqualTo(tokens.inputIds());
    assertThat(same.visitIndex()).isEqualTo(tokens.visitIndex());
    assertThat(same.age()).isEqualTo(tokens.age());
    assertThat(same.tokenType()).isEqualTo(tokens.tokenType());
  }

  /** Where nothing was cut, removing codes is tokenizing a trajectory that never had them. */
  @Test
  void agreesWithTokenizingWhatIsLeft() {
    Random random = new Random(5);
    String[] names = {"a", "b", "c", "d", "unknown"};
    SpecialTokens[] kinds = {ALL, new SpecialTokens(0, null, null, null, null)};
    for (int trial = 0; trial < 300; trial++) {
      Visit[] full = new Visit[1 + random.nextInt(4)];
      Visit[] rest = new Visit[full.length];
      Set<Integer> removed = new HashSet<>();
      SpecialTokens special = kinds[trial % 2];
      int position = special.cls() == null ? 0 : 1;
      int kept = 0;
      for (int v = 0; v < full.length; v++) {
        String[] codes = new String[1 + random.nextInt(3)];
        boolean[] gone = new boolean[codes.length];
        boolean any = false;
        for (int i = 0; i < codes.length; i++) {
          codes[i] = names[random.nextInt(names.length)];
          gone[i] = random.nextBoolean();
          boolean read = special.unk() != null || !codes[i].equals("unknown");
          any |= read;
          kept += read && !gone[i] ? 1 : 0;
          if (read && gone[i]) {
            removed.add(position);
          }
          position += read ? 1 : 0;
        }
        position += any && special.sep() != null ? 1 : 0;
        full[v] = visit(30 + v, v, codes);
        String[] left =
            IntStream.range(0, codes.length)
                .filter(i -> !gone[i])
                .mapToObj(i -> codes[i])
                .toArray(String[]::new);
        rest[v] = visit(30 + v, v, left);
      }
      if (kept == 0) {
        continue;
      }
      TokenSequence actual = tokens(special, 20, patient(full)).without(removed::contains);
      TokenSequence expected = tokens(special, 20, patient(rest));
      assertThat(actual.inputIds()).isEqualTo(expected.inputIds());
      assertThat(actual.length()).isEqualTo(expected.length());
      assertThat(actual.visitIndex()).isEqualTo(expected.visitIndex());
      assertThat(actual.age()).isEqualTo(expected.age());
      assertThat(actual.tokenType()).isEqualTo(expected.tokenType());
      assertThat(IntStream.range(0, 20).map(actual::visit).boxed().toList())
          .isEqualTo(IntStream.range(0, 20).map(expected::visit).boxed().toList());
    }
  }
}
