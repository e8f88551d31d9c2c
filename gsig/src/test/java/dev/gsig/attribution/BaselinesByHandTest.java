package dev.gsig.attribution;

import static dev.gsig.attribution.HandMadeModel.A;
import static dev.gsig.attribution.HandMadeModel.B;
import static dev.gsig.attribution.HandMadeModel.C;
import static dev.gsig.attribution.HandMadeModel.CLS;
import static dev.gsig.attribution.HandMadeModel.MASK;
import static dev.gsig.attribution.HandMadeModel.PAD;
import static dev.gsig.attribution.HandMadeModel.SEP;
import static dev.gsig.attribution.HandMadeModel.abThenC;
import static dev.gsig.attribution.HandMadeModel.concatenate;
import static dev.gsig.attribution.HandMadeModel.patient;
import static dev.gsig.attribution.HandMadeModel.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.evaluation.RemovalRule;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every baseline against a hand-computed case, for the patient CLS a b SEP c SEP and a validation
 * set of CLS a SEP and CLS b c SEP c SEP, with the path at the code embedding and at the embedding
 * block's output (code row + visit row; the visits of the patient are 0 0 0 0 1 1).
 */
class BaselinesByHandTest {
  private static final Offset<Double> TINY = within(1e-13);
  private static final double[] W = {6, 3};

  @TempDir Path folder;

  private static List<Trajectory> validation() {
    return List.of(
        patient("v1", Map.of("age", 60.0), Visit.of("a")),
        patient("v2", Map.of("age", 30.0, "bmi", 35.0), Visit.of("b", "c"), Visit.of("c")));
  }

  private Model model(String point) {
    return HandMadeModel.binary(0, 0, 0)
        .withVisits(point)
        .withTabular()
        .classifier(1, new double[] {W[0], W[1], 2, -4}, 0.5)
        .load(folder);
  }

  /** Rows of the patient at the attribution point. */
  private static double[] input(String point) {
    return point.equals("code")
        ? concatenate(CLS, A, B, SEP, C, SEP)
        : concatenate(
            sum(CLS, 0.125, 0),
            sum(A, 0.125, 0),
            sum(B, 0.125, 0),
            sum(SEP, 0.125, 0),
            sum(C, 0, 0.25),
            sum(SEP, 0, 0.25));
  }

  private static double[] manifoldMean(String point) {
    return point.equals("code")
        ? new double[] {
          1, 0, 0.5, 2, 2, -0.5, 0.25, 0.25, 2.25, -1.25, 0.25, 0.25, 0.5, -0.5, 0.5, -0.5
        }
        : new double[] {
          // pads of v1 have visit 1, those of v2 visit 2
          1.125,
          0,
          0.625,
          2,
          2.125,
          -0.5,
          0.3125,
          0.375,
          2.25,
          -1,
          0.25,
          0.5,
          0.75,
          -0.125,
          0.75,
          -0.125
        };
  }

  /** The last two positions are never occupied: the PAD tensor. */
  private static double[] manifoldMeanUnpadded(String point) {
    return point.equals("code")
        ? new double[] {1, 0, 0.5, 2, 2, -0.5, 0, 1, 4, -2, 0, 1, 0.5, -0.5, 0.5, -0.5}
        : new double[] {
          1.125, 0, 0.625, 2, 2.125, -0.5, 0.125, 1, 4, -1.75, 0, 1.25, 0.75, -0.125, 0.75, -0.125
        };
  }

  private static double[] expectedStart(String kind, String point) {
    boolean code = point.equals("code");
    double[] everywhere = new double[12];
    switch (kind) {
      case "zero":
        return everywhere;
      case "manifold-mean":
        return Arrays.copyOf(manifoldMean(point), 12);
      case "manifold-mean-unpadded":
        return Arrays.copyOf(manifoldMeanUnpadded(point), 12);
      case "pad", "mask":
        // no SEP is left, so every position is of visit 0
        double[] row = kind.equals("pad") ? PAD : MASK;
        row = code ? row : sum(row, 0.125, 0);
        return concatenate(row, row, row, row, row, row);
      default:
        return code
            ? concatenate(CLS, PAD, PAD, SEP, PAD, SEP)
            : concatenate(
                sum(CLS, 0.125, 0),
                sum(PAD, 0.125, 0),
                sum(PAD, 0.125, 0),
                sum(SEP, 0.125, 0),
                sum(PAD, 0, 0.25),
                sum(SEP, 0, 0.25));
    }
  }

  /** logit = w . mean(rows + visits) + 2 age' - 4 bmi' + 0.5. */
  private static double logit(double[] rows, String point, double age, double bmi) {
    double[] mean = {0, 0};
    for (int i = 0; i < rows.length; i++) {
      mean[i % 2] += rows[i] / 6;
    }
    if (point.equals("code")) {
      // the patient's own visits are added behind the path, whatever the baseline
      mean = sum(mean, 4 * 0.125 / 6, 2 * 0.25 / 6);
    }
    return W[0] * mean[0] + W[1] * mean[1] + 2 * age - 4 * bmi + 0.5;
  }

  @ParameterizedTest
  @CsvSource({
    "zero,code", "zero,embedding",
    "pad,code", "pad,embedding",
    "mask,code", "mask,embedding",
    "pad-trajectory,code", "pad-trajectory,embedding",
    "manifold-mean,code", "manifold-mean,embedding",
    "manifold-mean-unpadded,code", "manifold-mean-unpadded,embedding"
  })
  void sequenceBaseline(String label, String point) {
    SequenceBaseline kind = Fixture.one(SequenceBaselines.named(), SequenceBaseline::label, label);
    Model model = model(point);
    Baseline baseline = Baseline.estimate(model, validation());
    Options options = Options.zero().baselines(kind, TabularBaselines.ZERO);
    double[] start = expectedStart(label, point);
    double[] expected = input(point);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (expected[i] - start[i]) * W[i % 2] / 6;
    }
    PathAttribution raw =
        Explainer.of(model, baseline, options.build()).explainRaw(abThenC(Map.of("age", 70.0)));
    assertThat(Arrays.copyOf(raw.values(), 12)).containsExactly(expected, TINY);
    assertThat(raw.baselineScore()).isCloseTo(logit(start, point, 0, 0), TINY);
    assertThat(raw.score()).isCloseTo(logit(input(point), point, 2, 0), TINY);
    assertThat(raw.result().chosen().gap()).isLessThan(1e-12);
  }

  @ParameterizedTest
  @CsvSource({"mean,-0.5,1", "zero,0,0", "self,2,0"})
  void tabularBaseline(String label, double age, double bmi) {
    TabularBaseline kind = Fixture.one(TabularBaselines.named(), TabularBaseline::label, label);
    Model model = model("code");
    Baseline baseline = Baseline.estimate(model, validation());
    Options options = Options.zero().baselines(SequenceBaselines.ZERO, kind);
    Attribution a =
        Explainer.of(model, baseline, options.build()).explain(abThenC(Map.of("age", 70.0)));
    // age 70 is 2, the missing bmi is 0
    assertThat(a.tabular().get(0).signed()).isCloseTo(2 * (2 - age), TINY);
    assertThat(a.tabular().get(1).signed()).isCloseTo(-4 * (0 - bmi), TINY);
    assertThat(a.tabularBaseline()).isEqualTo(kind);
    assertThat(a.baselineScore()).isCloseTo(logit(new double[12], "code", age, bmi), TINY);
    assertThat(a.completenessGap()).isLessThan(1e-12);
  }

  /** v1 is shorter than the patient and v2 as long; both have rows at every position. */
  @ParameterizedTest
  @CsvSource({"v1,code", "v1,embedding", "v2,code", "v2,embedding", "both,code", "both,embedding"})
  void references(String label, String point) {
    Model model = model(point);
    Reference reference =
        label.equals("both")
            ? Reference.mean(label, model, validation())
            : Reference.patient(label, model, validation().get(label.equals("v1") ? 0 : 1));
    double[] start =
        switch (label) {
          case "v1" -> rows(point, 1, CLS, A, SEP, PAD, PAD, PAD);
          case "v2" -> rows(point, 2, CLS, B, C, SEP, C, SEP);
          default -> Arrays.copyOf(manifoldMeanUnpadded(point), 12);
        };
    double[] values =
        switch (label) {
          case "v1" -> new double[] {1, 0};
          case "v2" -> new double[] {-2, 2};
          default -> new double[] {-0.5, 1};
        };
    double[] expected = input(point);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (expected[i] - start[i]) * W[i % 2] / 6;
    }
    Options options = Options.zero().baselines(reference, reference);
    Explainer explainer = Explainer.of(model, null, options.build());
    PathAttribution raw = explainer.explainRaw(abThenC(Map.of("age", 70.0)));
    assertThat(Arrays.copyOf(raw.values(), 12)).containsExactly(expected, TINY);
    assertThat(raw.baselineScore()).isCloseTo(logit(start, point, values[0], values[1]), TINY);
    Attribution a = explainer.explain(abThenC(Map.of("age", 70.0)));
    assertThat(a.tabular().get(0).signed()).isCloseTo(2 * (2 - values[0]), TINY);
    assertThat(a.tabular().get(1).signed()).isCloseTo(-4 * (0 - values[1]), TINY);
    assertThat(a.sequenceBaseline().label()).isEqualTo(label);
  }

  /** Rows of codes, behind the embedding block with those of their visits: two, or one and PAD. */
  private static double[] rows(String point, int visits, double[]... codes) {
    double[][] rows = codes.clone();
    for (int j = 0; point.equals("embedding") && j < rows.length; j++) {
      boolean first = visits == 1 ? j < 3 : j < 4;
      rows[j] = first ? sum(rows[j], 0.125, 0) : sum(rows[j], 0, 0.25);
    }
    return concatenate(rows);
  }

  @Test
  void aReferenceIsForTheModelThatItWasMadeFor() {
    Reference reference = Reference.mean("both", model("code"), validation());
    Explainer explainer =
        Explainer.of(
            model("embedding"), null, Options.zero().baselines(reference, reference).build());
    assertThatThrownBy(() -> explainer.explain(abThenC(Map.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("attribution_point differ");
  }

  @Test
  void aReferenceOfStrangersIsRefused() {
    Model model = model("code");
    Trajectory stranger = patient("s", Map.of(), Visit.of("x", "y", "a"));
    assertThatThrownBy(() -> Reference.patient("patient:s", model, stranger))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the reference patient:s: 2 of 3 codes");
    assertThatThrownBy(() -> Reference.mean("group:none", model, List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no patient");
  }

  @Test
  void aReferenceTravelsWithTheOptions() throws Exception {
    Model model = model("embedding");
    Reference reference = Reference.mean("both", model, validation());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(Options.zero().baselines(reference, reference).build());
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      ExplainOptions there = (ExplainOptions) in.readObject();
      ExplainOptions here = Options.zero().baselines(reference, reference).build();
      Trajectory patient = abThenC(Map.of("age", 70.0));
      assertThat(Explainer.of(model, null, there).explainRaw(patient).values())
          .isEqualTo(Explainer.of(model, null, here).explainRaw(patient).values());
    }
  }

  @ParameterizedTest
  @CsvSource({"code", "embedding"})
  void manifoldMeansOfAllPositions(String point) {
    Baseline baseline = Baseline.estimate(model(point), validation());
    assertThat(baseline.patients()).isEqualTo(2);
    assertThat(baseline.rows(Model.SEQUENCE, true)).containsExactly(manifoldMean(point), TINY);
    assertThat(baseline.rows(Model.SEQUENCE, false))
        .containsExactly(manifoldMeanUnpadded(point), TINY);
    // v1: age 60 is 1, bmi is missing; v2: age 30 is -2, bmi 35 is 2
    assertThat(baseline.entries(Model.TABULAR)).containsExactly(new double[] {-0.5, 1}, TINY);
  }

  /** One layer norm over two features turns every row into +-gamma: the path is behind it. */
  @Test
  void theEmbeddingPointIsBehindTheLayerNorm() {
    Model model =
        HandMadeModel.binary(6, 3, 0.5)
            .withVisits("embedding")
            .weight("embeddings.LayerNorm.weight", new double[] {2, 1}, 2)
            .weight("embeddings.LayerNorm.bias", new double[] {0, 0.5}, 2)
            .load(folder);
    Baseline baseline = Baseline.estimate(model, List.of(patient("v", Map.of(), Visit.of("a"))));
    double[] up = {2, -0.5};
    double[] down = {-2, 1.5};
    // CLS and a rise to the left, SEP to the right; PAD + (0, 0.25) falls to the left again
    assertThat(baseline.rows(Model.SEQUENCE, true))
        .containsExactly(concatenate(up, up, down, up, up, up, up, up), within(1e-9));
  }

  /**
   * Ages 40 and 50 and token types 1 and 0 for CLS a b SEP | c SEP: whatever stands in for a code
   * keeps its visit's, so that the path changes nothing but codes.
   */
  @ParameterizedTest
  @CsvSource({"pad", "mask", "pad-trajectory"})
  void replacedCodesKeepTheAgeAndTypeOfTheirVisit(String label) {
    SequenceBaseline kind = Fixture.one(SequenceBaselines.named(), SequenceBaseline::label, label);
    Model model = withAgesAndTypes().load(folder);
    double[] row = kind == SequenceBaselines.MASK ? MASK : PAD;
    boolean trajectory = kind == SequenceBaselines.PAD_TRAJECTORY;
    double[] cls = trajectory ? CLS : row;
    double[] sep = trajectory ? SEP : row;
    double[] start = inputsOfAbThenC(cls, row, row, sep, row, sep);
    double[] expected = inputsOfAbThenC(CLS, A, B, SEP, C, SEP);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (expected[i] - start[i]) * W[i % 2] / 6;
    }
    Options options = Options.zero().baselines(kind, TabularBaselines.ZERO);
    PathAttribution raw = Explainer.of(model, null, options.build()).explainRaw(aged());
    assertThat(raw.baselineScore()).isCloseTo(scoreOf(start), TINY);
    assertThat(Arrays.copyOf(raw.values(), 12)).containsExactly(expected, TINY);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void removedCodesLeaveTheAgeAndTypeOfTheirVisit(boolean mask) {
    Model model = withAgesAndTypes().load(folder);
    RemovalRule rule = mask ? RemovalRules.MASK : RemovalRules.PAD;
    double[] row = mask ? MASK : PAD;
    BitSet removed = new BitSet();
    removed.set(1);
    removed.set(4);
    TokenSequence rest =
        rule.without(model.tokenize(aged()), removed, model.tokenizer().specialTokens());
    assertThat(model.logits(aged(), rest))
        .containsExactly(new double[] {scoreOf(inputsOfAbThenC(CLS, row, B, SEP, row, SEP))}, TINY);
  }

  private static HandMadeModel withAgesAndTypes() {
    double[] ages = new double[2 * 51];
    ages[2 * 40] = 3;
    ages[2 * 50 + 1] = 5;
    return HandMadeModel.binary(W[0], W[1], 0.5)
        .config("attribution_point", "embedding")
        .config("embedding_inputs", Map.of("age", "learned", "token_type", "learned"))
        .weight("embeddings.age_embeddings.weight", ages, 51, 2)
        .weight("embeddings.token_type_embeddings.weight", new double[] {7, 0, 0, 9}, 2, 2);
  }

  private static Trajectory aged() {
    Visit first = new Visit(null, List.of("a", "b"), 40.0, 1);
    Visit second = new Visit(null, List.of("c"), 50.0, 0);
    return patient("aged", Map.of(), first, second);
  }

  /** Six codes with (3, 9) of age and type at the first four, (7, 5) at the last two. */
  private static double[] inputsOfAbThenC(double[]... codes) {
    double[][] rows = new double[6][];
    for (int j = 0; j < 6; j++) {
      rows[j] = j < 4 ? sum(codes[j], 3, 9) : sum(codes[j], 7, 5);
    }
    return concatenate(rows);
  }

  private static double scoreOf(double[] rows) {
    double score = 0.5;
    for (int i = 0; i < rows.length; i++) {
      score += W[i % 2] * rows[i] / 6;
    }
    return score;
  }

  @Test
  void aModelWithoutTabularInputNeedsNoTabularMean() {
    Model model = HandMadeModel.binary(6, 3, 0.5).load(folder);
    Options options = Options.zero().baselines(SequenceBaselines.PAD, TabularBaselines.MEAN);
    Attribution a = Explainer.of(model, null, options.build()).explain(abThenC(Map.of()));
    assertThat(a.tabular()).isEmpty();
    assertThat(a.baselineScore()).isCloseTo(6 * 0.5 - 3 * 0.5 + 0.5, TINY);
  }
}
