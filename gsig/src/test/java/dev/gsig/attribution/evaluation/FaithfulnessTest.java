package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.HandMadeModel;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faithfulness by hand: {@code logit = w . mean(rows) + b} of CLS a b SEP c SEP. */
class FaithfulnessTest {
  private static final double[] A = HandMadeModel.row("a");
  private static final double[] B = HandMadeModel.row("b");
  private static final double[] C = HandMadeModel.row("c");
  private static final double[] CLS = HandMadeModel.row("CLS");
  private static final double[] MASK = HandMadeModel.row("MASK");
  private static final double[] PAD = HandMadeModel.row("PAD");
  private static final double[] SEP = HandMadeModel.row("SEP");
  private static final double[] ROW = {7, 9};

  @TempDir Path folder;

  private static double p(double... rows) {
    double sum = 0;
    for (int i = 0; i < rows.length; i += 2) {
      sum += 0.5 * rows[i] + 0.25 * rows[i + 1];
    }
    return 1 / (1 + Math.exp(-(sum / (rows.length / 2) - 0.125)));
  }

  private static double p(double[]... rows) {
    return p(HandMadeModel.concatenate(rows));
  }

  private Removal removal(RemovalRule rule) {
    Model model = HandMadeModel.binary(0.5, 0.25, -0.125).load(folder);
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    double[] rows = HandMadeModel.concatenate(ROW, ROW, ROW, ROW, ROW, ROW);
    return removal(model, GivenRows.from(model, rows), patient, rule);
  }

  private static Removal removal(Model model, Trajectory patient) {
    return removal(model, null, patient, RemovalRules.DELETE);
  }

  private static Removal removal(
      Model model, Explainer rowsFrom, Trajectory patient, RemovalRule rule) {
    TokenSequence sequence = model.tokenizer().tokenize(patient);
    return new Removal(model, rowsFrom, patient, sequence, rule, null);
  }

  private void assertMeasures(RemovalRule rule, double onlyA, double onlyAc, double[] without) {
    double full = p(CLS, A, B, SEP, C, SEP);
    assertThat(full).isGreaterThan(0.5);
    // ranked a, c, b: 1% is a alone, 50% are a and c
    Faithfulness f = Faithfulness.of(removal(rule), new int[] {1, 4, 2}, new double[] {1, 50});
    double comprehensiveness = full - (without[0] + without[1]) / 2;
    assertThat(f.comprehensiveness()).isCloseTo(comprehensiveness, within(1e-12));
    assertThat(f.sufficiency()).isCloseTo(full - (onlyA + onlyAc) / 2, within(1e-12));
  }

  @Test
  void theSharesAreThoseOfEraser() {
    Faithfulness.defaultPercents()[0] = 7;
    assertThat(Faithfulness.defaultPercents()).containsExactly(1, 5, 10, 20, 50);
  }

  @Test
  void deleteTakesTheSepOfAnEmptiedVisit() {
    assertMeasures(
        RemovalRules.DELETE,
        p(CLS, A, SEP),
        p(CLS, A, SEP, C, SEP),
        new double[] {p(CLS, B, SEP, C, SEP), p(CLS, B, SEP)});
  }

  @Test
  void padKeepsTheLength() {
    assertMeasures(
        RemovalRules.PAD,
        p(CLS, A, PAD, SEP, PAD, SEP),
        p(CLS, A, PAD, SEP, C, SEP),
        new double[] {p(CLS, PAD, B, SEP, C, SEP), p(CLS, PAD, B, SEP, PAD, SEP)});
  }

  @Test
  void mask() {
    assertMeasures(
        RemovalRules.MASK,
        p(CLS, A, MASK, SEP, MASK, SEP),
        p(CLS, A, MASK, SEP, C, SEP),
        new double[] {p(CLS, MASK, B, SEP, C, SEP), p(CLS, MASK, B, SEP, MASK, SEP)});
  }

  @Test
  void baselineRows() {
    assertMeasures(
        RemovalRules.BASELINE,
        p(CLS, A, ROW, SEP, ROW, SEP),
        p(CLS, A, ROW, SEP, C, SEP),
        new double[] {p(CLS, ROW, B, SEP, C, SEP), p(CLS, ROW, B, SEP, ROW, SEP)});
  }

  @Test
  void theProbabilityIsThatOfThePredictedClass() {
    Model model = HandMadeModel.binary(-0.5, -0.25, 0.125).load(folder);
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    Removal removal = removal(model, patient);
    assertThat(removal.measuredClass()).isZero();
    assertThat(removal.probability(new BitSet()))
        .isCloseTo(p(CLS, A, B, SEP, C, SEP), within(1e-12));
  }

  @Test
  void softmaxClasses() {
    Model model =
        HandMadeModel.binary(0, 0, 0)
            .classifier(3, new double[] {0, 0, 0.5, 0.25, 0, 0}, 0, -0.125, -50)
            .load(folder);
    Trajectory patient = HandMadeModel.abThenC(Map.of());
    Removal removal = removal(model, patient);
    assertThat(removal.measuredClass()).isEqualTo(1);
    assertThat(removal.probability(new BitSet()))
        .isCloseTo(p(CLS, A, B, SEP, C, SEP), within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "1,3,1",
    "1,100,1",
    "1,101,2",
    "5,20,1",
    "5,21,2",
    "10,1,1",
    "50,1,1",
    "50,3,2",
    "50,4,2",
    "7,100,7",
    "14,50,7",
    "100,9,9",
    "0.1,50,1",
    "33.3,10,4"
  })
  void sharesAreRoundedUpAndAtLeastOne(double percent, int codes, int expected) {
    assertThat(Faithfulness.count(percent, codes)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1,99,true", "1,100,false", "5,19,true", "5,20,false", "50,1,true"})
  void saysWhereAShareIsLessThanOneCode(double percent, int codes, boolean below) {
    assertThat(Faithfulness.isBelowOne(percent, codes)).isEqualTo(below);
  }

  private static TokenScore token(int position, double l2, double signed) {
    return new TokenScore(position, "c" + position, 0, true, new Scores(l2, signed));
  }

  @Test
  void rankings() {
    List<TokenScore> tokens =
        List.of(token(1, 2, -2), token(2, 3, 1), token(4, 2, 2), token(5, 0, 0), token(6, 3, 1));
    assertThat(Ranking.L2.order(tokens, true)).containsExactly(2, 6, 1, 4, 5);
    assertThat(Ranking.L2.order(tokens, false)).containsExactly(2, 6, 1, 4, 5);
    assertThat(Ranking.SIGNED.order(tokens, true)).containsExactly(4, 2, 6, 5, 1);
    assertThat(Ranking.SIGNED.order(tokens, false)).containsExactly(1, 5, 2, 6, 4);
  }

  @Test
  void deletingAllOfASequenceWithoutClsIsRefused() {
    Model model = HandMadeModel.binary(1, 1, 0).config("cls_token_id", null).load(folder);
    Trajectory patient = HandMadeModel.patient("p\"1", Map.of(), Visit.of("a"));
    Removal removal = removal(model, patient);
    BitSet all = new BitSet();
    all.set(0);
    assertThatThrownBy(() -> removal.logits(all))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "patient \"p\\\"1\": the removal rule 'delete' leaves nothing to read, for the model"
                + " has no CLS; choose the rule 'pad', or leave the patient out");
  }

  @Test
  void theMaskRuleNeedsAMaskToken() {
    Model model = HandMadeModel.binary(1, 1, 0).config("mask_token_id", null).load(folder);
    assertThatThrownBy(() -> RemovalRules.MASK.requireUsable(model.config().specialTokens()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "the removal rule 'mask' needs a mask_token_id in the model's config.json (of a graph:"
                + " inputs.json); choose another rule");
  }
}
