package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every expected sequence is worked out by hand: PAD 0, CLS 1, SEP 2, MASK 3, UNK 4, a to f 5-10.
 */
class TokenizerTest {
  private static final SpecialTokens ALL = new SpecialTokens(0, 1, 2, 3, 4);
  private static final Vocabulary VOCABULARY =
      Vocabulary.of(
          Map.ofEntries(
              Map.entry("[PAD]", 0),
              Map.entry("[CLS]", 1),
              Map.entry("[SEP]", 2),
              Map.entry("[MASK]", 3),
              Map.entry("[UNK]", 4),
              Map.entry("a", 5),
              Map.entry("b", 6),
              Map.entry("c", 7),
              Map.entry("d", 8),
              Map.entry("e", 9),
              Map.entry("f", 10)));
  private static final Trajectory AB_C = patient(Visit.of("a", "b"), Visit.of("c"));

  @Test
  void clsCodesSepsPads() {
    TokenSequence tokens = plain(ALL, 8).tokenize(AB_C);

    assertThat(tokens.inputIds()).containsExactly(1, 5, 6, 2, 7, 2, 0, 0);
    assertThat(tokens.length()).isEqualTo(6);
    assertThat(tokens.maxLength()).isEqualTo(8);
    assertThat(visits(tokens)).containsExactly(-1, 0, 0, 0, 1, 1, -1, -1);
    assertThat(codes(tokens)).containsExactly(null, "a", "b", null, "c", null, null, null);
    assertThat(codeIndices(tokens)).containsExactly(-1, 0, 1, -1, 0, -1, -1, -1);
    assertThat(specials(tokens)).containsExactly(true, false, false, true, false, true, true, true);
    assertThat(tokens.age()).isNull();
    assertThat(tokens.tokenType()).isNull();
    assertThat(tokens.unknownCodes()).isZero();
    assertThat(tokens.truncatedTokens()).isZero();
  }

  @Test
  void tellsWhatItWasMadeOf() {
    Tokenizer tokenizer = new Tokenizer(VOCABULARY, ALL, 10);
    assertThat(tokenizer.vocabulary()).isSameAs(VOCABULARY);
    assertThat(tokenizer.specialTokens()).isEqualTo(ALL);
    assertThat(tokenizer.maxLength()).isEqualTo(10);
    TokenSequence tokens = tokenizer.ofIds(new int[] {1, 1}, null, null);
    assertThat(tokens.maxLength()).isEqualTo(10);
    assertThat(tokens.age()).isNull();
  }

  @Test
  void whatTheModelDoesNotKnowIsMarkedAndWhatIsPassedOverCounted() {
    Trajectory patient =
        new Trajectory(
            "p1",
            List.of(
                new Visit("2031-02-01", List.of("a", "x"), 40.5, null),
                new Visit("2031-03-01", List.of(), null, null),
                new Visit("2031-01-01", List.of("[UNK]"), 41.0, null),
                new Visit("2031-03-02", List.of("b"), 41.99, null)),
            Map.of(),
            null);
    TokenSequence tokens =
        new Tokenizer(VOCABULARY, ALL, VisitIndex.BEFORE_SEP, 10, 1, false).tokenize(patient);

    assertThat(codes(tokens))
        .containsExactly(null, "a", "x", null, "[UNK]", null, "b", null, null, null);
    assertThat(IntStream.range(0, 10).filter(tokens::isUnknown)).containsExactly(2, 4);
    assertThat(tokens.unknownCodes()).isEqualTo(2);
    assertThat(tokens.emptyVisits()).isEqualTo(1);
    assertThat(tokens.disorderedVisits()).isEqualTo(1);
    assertThat(tokens.roundedAges()).isEqualTo(2);
  }

  /** In a model of months, half a year is no fraction; of what was cut nothing was rounded. */
  @Test
  void agesAreRoundedToTheRowsOfTheModelAndOnlyWhereItReadsThem() {
    Trajectory patient =
        new Trajectory(
            "p1",
            List.of(
                new Visit(null, List.of("a"), 40.01, null),
                new Visit(null, List.of("b"), 40.5, null)),
            Map.of(),
            null);

    assertThat(
            new Tokenizer(VOCABULARY, ALL, VisitIndex.BEFORE_SEP, 3, 12, false)
                .tokenize(patient)
                .roundedAges())
        .isZero();
    assertThat(
            new Tokenizer(VOCABULARY, ALL, VisitIndex.BEFORE_SEP, 5, 12, false)
                .tokenize(patient)
                .roundedAges())
        .isEqualTo(1);
    assertThat(plain(ALL, 5).tokenize(patient).roundedAges()).isZero();
  }

  @Test
  void visitInputCountsSepsBeforeOrUpToTheToken() {
    assertThat(plain(ALL, 8).tokenize(AB_C).visitIndex()).containsExactly(0, 0, 0, 0, 1, 1, 2, 2);
    assertThat(tokenizer(ALL, VisitIndex.AT_SEP, 8).tokenize(AB_C).visitIndex())
        .containsExactly(0, 0, 0, 1, 1, 2, 2, 2);
  }

  @Test
  void exactFitHasNoPadding() {
    TokenSequence tokens = plain(ALL, 6).tokenize(AB_C);

    assertThat(tokens.inputIds()).containsExactly(1, 5, 6, 2, 7, 2);
    assertThat(tokens.length()).isEqualTo(6);
    assertThat(tokens.truncatedTokens()).isZero();
  }

  @Test
  void truncationKeepsClsAndTheNewestAndRestartsTheCount() {
    // Behind CLS: a b SEP c SEP d e SEP, of which the last 5 are c SEP d e SEP.
    Trajectory patient = patient(Visit.of("a", "b"), Visit.of("c"), Visit.of("d", "e"));
    TokenSequence tokens = plain(ALL, 6).tokenize(patient);

    assertThat(tokens.inputIds()).containsExactly(1, 7, 2, 8, 9, 2);
    assertThat(visits(tokens)).containsExactly(-1, 1, 1, 2, 2, 2);
    assertThat(tokens.visitIndex()).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(tokens.truncatedTokens()).isEqualTo(3);
    assertThat(tokens.length()).isEqualTo(6);
  }

  @Test
  void truncationMayCutInsideAVisitOrLeaveItsSepAlone() {
    Trajectory patient = patient(Visit.of("a", "b"), Visit.of("c"));

    TokenSequence cut = tokenizer(ALL, VisitIndex.AT_SEP, 5).tokenize(patient);
    assertThat(cut.inputIds()).containsExactly(1, 6, 2, 7, 2);
    assertThat(codeIndices(cut)).containsExactly(-1, 1, -1, 0, -1);
    assertThat(cut.visitIndex()).containsExactly(0, 0, 1, 1, 2);
    assertThat(cut.truncatedTokens()).isEqualTo(1);

    TokenSequence sepOnly = plain(ALL, 4).tokenize(patient);
    assertThat(sepOnly.inputIds()).containsExactly(1, 2, 7, 2);
    assertThat(visits(sepOnly)).containsExactly(-1, 0, 1, 1);
    assertThat(sepOnly.visitIndex()).containsExactly(0, 0, 1, 1);
    assertThat(sepOnly.truncatedTokens()).isEqualTo(2);
  }

  @Test
  void visitsWithoutCodesLeaveNoTraceButKeepTheNumbering() {
    TokenSequence tokens =
        plain(ALL, 8).tokenize(patient(Visit.of(), Visit.of("a"), Visit.of(), Visit.of("b")));

    assertThat(tokens.inputIds()).containsExactly(1, 5, 2, 6, 2, 0, 0, 0);
    assertThat(visits(tokens)).containsExactly(-1, 1, 1, 3, 3, -1, -1, -1);
    assertThat(tokens.visitIndex()).containsExactly(0, 0, 0, 1, 1, 2, 2, 2);
  }

  @Test
  void unknownCodesBecomeUnkAndKeepTheirName() {
    TokenSequence tokens = plain(ALL, 6).tokenize(patient(Visit.of("x", "a", "[UNK]")));

    assertThat(tokens.inputIds()).containsExactly(1, 4, 5, 4, 2, 0);
    assertThat(codes(tokens)).containsExactly(null, "x", "a", "[UNK]", null, null);
    assertThat(tokens.isSpecial(1)).isFalse();
    assertThat(tokens.unknownCodes()).isEqualTo(2);
  }

  @Test
  void unknownCodesAreCountedOverTheWholeTrajectory() {
    TokenSequence tokens = plain(ALL, 4).tokenize(patient(Visit.of("x", "y"), Visit.of("a", "z")));

    assertThat(tokens.inputIds()).containsExactly(1, 5, 4, 2);
    assertThat(tokens.unknownCodes()).isEqualTo(3);
    assertThat(tokens.truncatedTokens()).isEqualTo(3);
  }

  @Test
  void withoutUnkUnknownCodesAreLeftOutAndCounted() {
    SpecialTokens noUnk = new SpecialTokens(0, 1, 2, 3, null);
    TokenSequence tokens =
        plain(noUnk, 6).tokenize(patient(Visit.of("x"), Visit.of("a", "y", "b"), Visit.of("z")));

    assertThat(tokens.inputIds()).containsExactly(1, 5, 6, 2, 0, 0);
    assertThat(codeIndices(tokens)).containsExactly(-1, 0, 2, -1, -1, -1);
    assertThat(visits(tokens)).containsExactly(-1, 1, 1, 1, -1, -1);
    assertThat(tokens.unknownCodes()).isEqualTo(3);
  }

  @Test
  void withoutClsTheNewestTokensFillTheSequence() {
    SpecialTokens noCls = new SpecialTokens(0, null, 2, 3, 4);

    assertThat(plain(noCls, 6).tokenize(AB_C).inputIds()).containsExactly(5, 6, 2, 7, 2, 0);
    TokenSequence cut = plain(noCls, 3).tokenize(AB_C);
    assertThat(cut.inputIds()).containsExactly(2, 7, 2);
    assertThat(cut.visitIndex()).containsExactly(0, 1, 1);
    assertThat(cut.truncatedTokens()).isEqualTo(2);
  }

  @Test
  void withoutSepTheVisitInputCountsKeptVisits() {
    SpecialTokens noSep = new SpecialTokens(0, 1, null, 3, 4);
    Trajectory patient = patient(Visit.of("a", "b"), Visit.of(), Visit.of("c"), Visit.of("d"));
    for (VisitIndex rule : VisitIndex.values()) {
      TokenSequence tokens = tokenizer(noSep, rule, 7).tokenize(patient);
      assertThat(tokens.inputIds()).containsExactly(1, 5, 6, 7, 8, 0, 0);
      assertThat(visits(tokens)).containsExactly(-1, 0, 0, 2, 3, -1, -1);
      assertThat(tokens.visitIndex()).containsExactly(0, 0, 0, 1, 2, 3, 3);

      TokenSequence cut = tokenizer(noSep, rule, 3).tokenize(patient);
      assertThat(cut.inputIds()).containsExactly(1, 7, 8);
      assertThat(cut.visitIndex()).containsExactly(0, 0, 1);
    }
  }

  @Test
  void withoutClsAndSepOneTokenIsEnough() {
    SpecialTokens bare = new SpecialTokens(0, null, null, null, null);
    TokenSequence tokens = plain(bare, 1).tokenize(AB_C);

    assertThat(tokens.inputIds()).containsExactly(7);
    assertThat(tokens.visitIndex()).containsExactly(0);
    assertThat(tokens.visit(0)).isEqualTo(1);
  }

  @Test
  void agesInMonths() {
    TokenSequence tokens =
        new Tokenizer(VOCABULARY, ALL, VisitIndex.BEFORE_SEP, 3, 12, false)
            .tokenize(patient(visit(40.26, 0, "a")));
    assertThat(tokens.age()).containsExactly(483, 483, 483);
  }

  @Test
  void agesAndTokenTypesAreTheVisitsOwn() {
    Trajectory patient = patient(visit(40.9, 1, "a", "b"), visit(41.0, 0, "c"), visit(-1.0, -1));
    TokenSequence tokens = inputs(8).tokenize(patient);

    assertThat(tokens.inputIds()).containsExactly(1, 5, 6, 2, 7, 2, 0, 0);
    assertThat(tokens.age()).containsExactly(40, 40, 40, 40, 41, 41, 41, 41);
    assertThat(tokens.tokenType()).containsExactly(1, 1, 1, 1, 0, 0, 0, 0);
  }

  @Test
  void clsTakesTheFirstKeptVisitsInputs() {
    Trajectory patient = patient(visit(null, null, "a"), visit(50.0, 1, "b"), visit(60.5, 0, "c"));
    TokenSequence tokens = inputs(5).tokenize(patient);

    assertThat(tokens.inputIds()).containsExactly(1, 6, 2, 7, 2);
    assertThat(tokens.age()).containsExactly(50, 50, 50, 60, 60);
    assertThat(tokens.tokenType()).containsExactly(1, 1, 1, 0, 0);

    // One SEP of the oldest visit is kept: then its inputs are needed after all.
    assertThatThrownBy(() -> inputs(6).tokenize(patient))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("patient \"p\", visit 1: the model reads ages; give the visit an \"age\"");
  }

  @Test
  void missingOrImpossibleInputsAreRefusedOnlyWhereTheModelReadsThem() {
    Trajectory noType = patient(visit(1.0, 0, "a"), visit(1.0, null, "b"));
    assertThat(plain(ALL, 8).tokenize(noType).length()).isEqualTo(5);
    assertThatThrownBy(() -> inputs(8).tokenize(noType))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "patient \"p\", visit 2: the model reads token types; give the visit a \"token_type\"");
    assertThatThrownBy(() -> inputs(8).tokenize(patient(visit(1.0, -2, "a"))))
        .hasMessage("patient \"p\", visit 1: the token type must not be negative, but is -2");
    for (double age : new double[] {-0.5, Double.NaN, Double.POSITIVE_INFINITY, 1e10}) {
      assertThatThrownBy(() -> inputs(8).tokenize(patient(visit(age, 0, "a"))))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("patient \"p\", visit 1: the age must be a number from 0 up, but is " + age);
    }
  }

  @Test
  void refusesTrajectoriesWithNothingToRead() {
    SpecialTokens noUnk = new SpecialTokens(0, 1, 2, 3, null);
    String message =
        "patient \"p\": the trajectory has no code that the model knows; is it the right"
            + " vocabulary?";

    assertThatThrownBy(() -> plain(noUnk, 8).tokenize(patient(Visit.of("x"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> plain(ALL, 8).tokenize(patient(Visit.of()))).hasMessage(message);
    assertThatThrownBy(() -> plain(ALL, 8).tokenize(patient())).hasMessage(message);
  }

  @Test
  void refusesSpecialTokensAsCodes() {
    for (String code : List.of("[PAD]", "[CLS]", "[SEP]", "[MASK]")) {
      assertThatThrownBy(() -> plain(ALL, 8).tokenize(patient(Visit.of("a"), Visit.of(code))))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "patient \"p\", visit 2: the code \""
                  + code
                  + "\" is a special token of the model; remove it");
    }
  }

  @Test
  void refusesLengthsWithoutRoom() {
    assertThatThrownBy(() -> plain(ALL, 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "a sequence length of 2 leaves no room for a code beside the special tokens; it must be"
                + " at least 3");
    assertThat(plain(ALL, 3).tokenize(AB_C).inputIds()).containsExactly(1, 7, 2);
  }

  @Test
  void longTrajectoriesKeepTheNewest() {
    String[] codes = new String[10_000];
    Arrays.fill(codes, "a");
    codes[9_999] = "b";
    TokenSequence tokens = plain(ALL, 4).tokenize(patient(Visit.of(codes)));

    assertThat(tokens.inputIds()).containsExactly(1, 5, 6, 2);
    assertThat(tokens.codeIndex(2)).isEqualTo(9_999);
    assertThat(tokens.truncatedTokens()).isEqualTo(9_998);
  }

  @Test
  void replacedIdsCountTheirOwnSeps() {
    TokenSequence tokens = plain(ALL, 8).tokenize(AB_C);

    TokenSequence padded = tokens.withIds(new int[] {1, 0, 0, 2, 0, 2, 0, 0});
    assertThat(padded.visitIndex()).containsExactly(0, 0, 0, 0, 1, 1, 2, 2);
    assertThat(padded.inputIds()).containsExactly(1, 0, 0, 2, 0, 2, 0, 0);

    TokenSequence noSep = tokens.withIds(new int[] {3, 3, 3, 3, 3, 3, 3, 3});
    assertThat(noSep.visitIndex()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0);

    TokenSequence moved =
        tokenizer(ALL, VisitIndex.AT_SEP, 8)
            .tokenize(AB_C)
            .withIds(new int[] {2, 2, 0, 0, 0, 0, 0, 2});
    assertThat(moved.visitIndex()).containsExactly(1, 2, 2, 2, 2, 2, 2, 3);
  }

  @Test
  void replacedIdsKeepPatientAndMask() {
    TokenSequence tokens = plain(ALL, 8).tokenize(AB_C);
    TokenSequence zeros = tokens.withIds(new int[8]);

    assertThat(zeros.length()).isEqualTo(6);
    assertThat(visits(zeros)).containsExactly(visits(tokens));
    assertThat(codes(zeros)).containsExactly(codes(tokens));
    assertThat(specials(zeros)).containsExactly(specials(tokens));
    assertThat(zeros.unknownCodes()).isEqualTo(tokens.unknownCodes());
    assertThat(zeros.truncatedTokens()).isEqualTo(tokens.truncatedTokens());
    assertThat(tokens.inputIds()).containsExactly(1, 5, 6, 2, 7, 2, 0, 0);
  }

  @Test
  void replacedCodesKeepTheAgeAndTypeOfTheirOwnVisit() {
    Trajectory patient = patient(visit(40.0, 1, "a"), visit(50.0, 2, "b"), visit(60.0, 3, "c"));
    TokenSequence tokens = inputs(9).tokenize(patient);
    assertThat(tokens.age()).containsExactly(40, 40, 40, 50, 50, 60, 60, 60, 60);

    TokenSequence allPad = tokens.withIds(new int[9]);
    assertThat(allPad.age()).containsExactly(40, 40, 40, 50, 50, 60, 60, 60, 60);
    assertThat(allPad.tokenType()).containsExactly(1, 1, 1, 2, 2, 3, 3, 3, 3);

    TokenSequence trajectory = tokens.withIds(new int[] {1, 0, 2, 0, 2, 0, 2, 0, 0});
    assertThat(trajectory.age()).containsExactly(40, 40, 40, 50, 50, 60, 60, 60, 60);
    assertThat(trajectory.tokenType()).containsExactly(1, 1, 1, 2, 2, 3, 3, 3, 3);

    TokenSequence masked = tokens.withIds(new int[] {3, 3, 3, 3, 3, 3, 3, 3, 3});
    assertThat(masked.age()).containsExactly(40, 40, 40, 50, 50, 60, 60, 60, 60);
    assertThat(masked.tokenType()).containsExactly(1, 1, 1, 2, 2, 3, 3, 3, 3);

    // Replacing once more starts from the patient, not from the earlier replacement.
    assertThat(allPad.withIds(tokens.inputIds()).age()).containsExactly(tokens.age());
  }

  @Test
  void replacedPadsWithoutPaddingOrSep() {
    Trajectory patient = patient(visit(40.0, 1, "a"), visit(50.0, 2, "b"));
    assertThat(inputs(5).tokenize(patient).withIds(new int[5]).age())
        .containsExactly(40, 40, 40, 50, 50);

    SpecialTokens noSep = new SpecialTokens(0, 1, null, 3, 4);
    TokenSequence tokens = plain(noSep, 3).tokenize(patient);
    assertThat(tokens.visitIndex()).containsExactly(0, 0, 1);
    assertThat(tokens.withIds(new int[] {1, 0, 3}).visitIndex()).containsExactly(0, 0, 1);
  }

  @Test
  void refusesAnotherNumberOfIds() {
    TokenSequence tokens = plain(ALL, 8).tokenize(AB_C);
    assertThatThrownBy(() -> tokens.withIds(new int[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected 8 ids, but found 7");
  }

  @Test
  void arraysAreCopies() {
    TokenSequence tokens = inputs(8).tokenize(patient(visit(40.0, 1, "a")));
    int[] ids = new int[8];
    TokenSequence zeros = tokens.withIds(ids);

    ids[0] = 9;
    for (int[] array :
        List.of(tokens.inputIds(), tokens.visitIndex(), tokens.age(), tokens.tokenType())) {
      Arrays.fill(array, 99);
    }

    assertThat(zeros.inputIds()[0]).isZero();
    assertThat(tokens.inputIds()).containsExactly(1, 5, 2, 0, 0, 0, 0, 0);
    assertThat(tokens.visitIndex()).containsExactly(0, 0, 0, 1, 1, 1, 1, 1);
    assertThat(tokens.age()).containsOnly(40);
    assertThat(tokens.tokenType()).containsOnly(1);
  }

  private static Tokenizer plain(SpecialTokens special, int length) {
    return tokenizer(special, VisitIndex.BEFORE_SEP, length);
  }

  private static Tokenizer tokenizer(SpecialTokens special, VisitIndex rule, int length) {
    return new Tokenizer(VOCABULARY, special, rule, length, 0, false);
  }

  private static Tokenizer inputs(int length) {
    return new Tokenizer(VOCABULARY, ALL, VisitIndex.BEFORE_SEP, length, 1, true);
  }

  private static Trajectory patient(Visit... visits) {
    return new Trajectory("p", List.of(visits), Map.of(), null);
  }

  private static Visit visit(Double age, Integer tokenType, String... codes) {
    return new Visit(null, List.of(codes), age, tokenType);
  }

  private static Integer[] visits(TokenSequence tokens) {
    return positions(tokens).mapToObj(tokens::visit).toArray(Integer[]::new);
  }

  private static Integer[] codeIndices(TokenSequence tokens) {
    return positions(tokens).mapToObj(tokens::codeIndex).toArray(Integer[]::new);
  }

  private static String[] codes(TokenSequence tokens) {
    return positions(tokens).mapToObj(tokens::code).toArray(String[]::new);
  }

  private static Boolean[] specials(TokenSequence tokens) {
    return positions(tokens).mapToObj(tokens::isSpecial).toArray(Boolean[]::new);
  }

  private static IntStream positions(TokenSequence tokens) {
    return IntStream.range(0, tokens.maxLength());
  }
}
