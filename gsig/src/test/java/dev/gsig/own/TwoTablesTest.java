package dev.gsig.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Attribution.InputScores;
import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TabularScore;
import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.attribution.SequenceBaseline;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaseline;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.transformer.safetensors.Safetensors;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model from outside with several inputs of a kind, whose attributions are known. */
class TwoTablesTest {
  private static final ExplainOptions FROM_ZERO =
      ExplainOptions.DEFAULT.toBuilder()
          .method(PathMethods.IG)
          .steps(8)
          .quadrature(Quadrature.GAUSS_LEGENDRE)
          .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
          .build();

  @TempDir Path folder;
  private final TwoTables model = new TwoTables("ejml", "1");
  private final Trajectory patient = patient("p", 70, 21, Visit.of("a", "b"), Visit.of("c", "a"));
  private final TokenSequence sequence = model.tokenizer().tokenize(patient);
  private final double[][] codes = TwoTables.codes(sequence, sequence.length());
  private final double[][] visits = TwoTables.visits(sequence, sequence.length());

  static Trajectory patient(String id, double age, double bmi, Visit... visits) {
    return new Trajectory(id, List.of(visits), Map.of("age", age, "bmi", bmi), null);
  }

  static List<Trajectory> validation() {
    return List.of(
        patient("v1", 30, 25, Visit.of("b"), Visit.of("c")),
        patient("v2", 55, 31, Visit.of("a", "c", "c")),
        patient("v3", 81, 19, Visit.of("c"), Visit.of("a"), Visit.of("b")));
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static double dot(double[] weights, double[] row) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      sum += weights[i] * row[i];
    }
    return sum;
  }

  private static double sum(double[] weights, double[][] rows) {
    return Arrays.stream(rows).mapToDouble(row -> dot(weights, row)).sum();
  }

  /** Each row times its weights and a factor. */
  private static void assertRows(
      InputScores actual, double[][] rows, double[] weights, double factor, double tolerance) {
    assertThat(actual.rows().size()).isGreaterThanOrEqualTo(rows.length);
    for (int j = 0; j < actual.rows().size(); j++) {
      Scores scores = actual.rows().get(j);
      double signed = 0;
      double squares = 0;
      for (int e = 0; j < rows.length && e < weights.length; e++) {
        double attribution = weights[e] * rows[j][e] * factor;
        signed += attribution;
        squares += attribution * attribution;
      }
      assertThat(scores.signed()).isCloseTo(signed, within(tolerance));
      assertThat(scores.l2()).isCloseTo(Math.sqrt(squares), within(tolerance));
    }
  }

  /**
   * f = A B + a linear function of the values, and a position that is removed loses its rows of
   * both: its Shapley value is (A_j B + A B_j) / 2, that of a value its own term.
   */
  @Test
  void shapleyValuesOfPositionsAreTheClosedForm() {
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.SHAPLEY)
            .sampling(1000, 3)
            .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
            .build();
    double a = sum(TwoTables.P, codes);
    double b = sum(TwoTables.Q, visits);
    Attribution found = Explainer.of(model, null, options).explain(patient);
    assertThat(found.tokens()).hasSize(4);
    for (Attribution.TokenScore token : found.tokens()) {
      double aj = dot(TwoTables.P, codes[token.position()]);
      double bj = dot(TwoTables.Q, visits[token.position()]);
      assertThat(token.standardError()).isBetween(1e-6, 0.05 * Math.abs(a * b));
      assertThat(token.scores().signed())
          .isCloseTo((aj * b + a * bj) / 2, within(4 * token.standardError()));
    }
    List<TabularScore> linear = Explainer.of(model, null, FROM_ZERO).explain(patient).tabular();
    for (int e = 0; e < linear.size(); e++) {
      assertThat(found.tabular().get(e).signed()).isCloseTo(linear.get(e).signed(), within(1e-12));
      assertThat(found.tabular().get(e).standardError()).isLessThan(1e-12);
    }
    assertThat(found.completenessGap()).isLessThan(1e-12);
  }

  @Test
  void integratedGradientsOfEachInputAreTheClosedForm() {
    double a = sum(TwoTables.P, codes);
    double b = sum(TwoTables.Q, visits);
    for (String backend : List.of("ejml", "simd")) {
      try (TwoTables own = new TwoTables(backend, "1")) {
        double tolerance = backend.equals("ejml") ? 1e-12 : 1e-5;
        Attribution found = Explainer.of(own, null, FROM_ZERO).explain(patient);
        assertThat(found.score()).isCloseTo(a * b + 14 - 6.3, within(tolerance));
        assertThat(found.baselineScore()).isZero();
        assertThat(found.inputs())
            .extracting(InputScores::name)
            .containsExactly("codes", "visits", "values");
        // Along a path from 0 the other factor has half its value in the mean.
        assertRows(found.inputs().get(0), codes, TwoTables.P, b / 2, tolerance);
        assertRows(found.inputs().get(1), visits, TwoTables.Q, a / 2, tolerance);
        List<TabularScore> values = found.inputs().get(2).entries();
        assertThat(values).extracting(TabularScore::name).isEqualTo(TwoTables.FEATURES);
        assertThat(values).extracting(TabularScore::value).containsExactly(70.0, 21.0);
        assertThat(values.get(0).signed()).isCloseTo(14, within(tolerance));
        assertThat(values.get(1).signed()).isCloseTo(-6.3, within(tolerance));
        assertThat(found.tabular()).isEqualTo(values);
      }
    }
  }

  @Test
  void tokensVisitsAndSpecialTokensAreSumsOverTheInputsThatHaveRows() {
    Attribution found = Explainer.of(model, null, FROM_ZERO).explain(patient);
    List<Scores> first = found.inputs().get(0).rows();
    List<Scores> second = found.inputs().get(1).rows();
    BiFunction<Integer, Integer, Double> signed =
        (from, to) ->
            first.subList(from, to).stream().mapToDouble(Scores::signed).sum()
                + second.subList(from, to).stream().mapToDouble(Scores::signed).sum();
    assertThat(found.tokens())
        .extracting(Attribution.TokenScore::position)
        .containsExactly(0, 1, 3, 4);
    double l21 = 0;
    for (Attribution.TokenScore token : found.tokens()) {
      int j = token.position();
      assertThat(token.scores().signed()).isCloseTo(signed.apply(j, j + 1), within(1e-14));
      assertThat(token.scores().l2())
          .isCloseTo(first.get(j).l2() + second.get(j).l2(), within(1e-14));
      l21 += token.scores().l2();
    }
    assertThat(found.l21()).isCloseTo(l21, within(1e-13));
    assertThat(found.visits().get(1).scores().signed())
        .isCloseTo(signed.apply(3, 5), within(1e-13));
    assertThat(found.specialTokens().signed())
        .isCloseTo(signed.apply(2, 3) + signed.apply(5, 8), within(1e-13));
    assertThat(found.explainedClassName()).isEqualTo(found.prediction().className());
  }

  @Test
  void whatIsHeldHasNoAttributionAndLeavesMoreToTheOthers() {
    double b = sum(TwoTables.Q, visits);
    for (PathMethod method :
        List.of(PathMethods.IG, PathMethods.GSIG, PathMethods.BOUNDED_MEASURE)) {
      ExplainOptions options =
          FROM_ZERO.toBuilder()
              .quadrature(Quadrature.RIGHT)
              .method(method)
              .fixed("visits", "values")
              .build();
      Attribution found = Explainer.of(model, null, options).explain(patient);
      assertThat(found.baselineScore()).isCloseTo(14 - 6.3, within(1e-12));
      // The gradient is the same all along the path: b.
      assertRows(found.inputs().get(0), codes, TwoTables.P, b, 1e-12);
      assertThat(found.inputs().get(1).rows()).allMatch(s -> s.l2() == 0 && s.signed() == 0);
      assertThat(found.inputs().get(2).entries()).allMatch(entry -> entry.signed() == 0);
      assertThat(found.sequenceBaseline()).isSameAs(SequenceBaselines.ZERO); // of the codes
      assertThat(found.tabularBaseline()).isSameAs(TabularBaselines.SELF);
      assertThat(found.completenessGap()).isLessThan(1e-12);
    }
  }

  @Test
  void whatIsHeldMustBeAnInputAndNotAllOfThem() {
    for (String[] held : new String[][] {{"ages"}, {"codes", "visits", "values"}}) {
      Explainer explainer = Explainer.of(model, null, FROM_ZERO.toBuilder().fixed(held).build());
      assertThatThrownBy(() -> explainer.explain(patient))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the model two tables has the inputs [codes, visits, values]")
          .hasMessageContaining(held[0]);
    }
  }

  private static List<SequenceBaseline> starts() {
    return SequenceBaselines.named().stream()
        .filter(b -> b != SequenceBaselines.MASK && b != SequenceBaselines.REFERENCES)
        .toList();
  }

  /** From every baseline; the sum over all inputs is what the score changes by. */
  @ParameterizedTest
  @MethodSource("starts")
  void everyMethodIsCompleteFromEveryBaseline(SequenceBaseline start) {
    Baseline baseline = Baseline.estimate(model, validation());
    for (PathMethod method :
        List.of(PathMethods.IG, PathMethods.GSIG, PathMethods.BOUNDED_MEASURE)) {
      for (TabularBaseline tabular : List.of(TabularBaselines.MEAN, TabularBaselines.SELF)) {
        ExplainOptions options =
            ExplainOptions.DEFAULT.toBuilder()
                .method(method)
                .steps(400)
                .baselines(start, tabular)
                .build();
        Attribution found = Explainer.of(model, baseline, options).explain(patient);
        double all = found.specialTokens().signed();
        all += found.tokens().stream().mapToDouble(t -> t.scores().signed()).sum();
        all += found.tabular().stream().mapToDouble(TabularScore::signed).sum();
        double change = found.score() - found.baselineScore();
        assertThat(Math.abs(all - change))
            .as("%s from %s", method, start)
            .isCloseTo(found.completenessGap(), within(1e-10));
        if (method != PathMethods.GSIG) {
          // The right Riemann sum of a product is off by its step times half the product's change.
          assertThat(found.completenessGap()).isLessThan(0.02);
        }
        if (tabular == TabularBaselines.SELF) {
          assertThat(found.tabular()).allMatch(entry -> entry.signed() == 0);
        }
      }
    }
  }

  @Test
  void expectedGradientsAreTheMeanOverTheReferences() {
    List<Trajectory> validation = validation();
    ReferenceBank bank = ReferenceBank.of(model, validation, 3);
    ExplainOptions options =
        FROM_ZERO.toBuilder()
            .method(PathMethods.EXPECTED_GRADIENTS)
            .baselines(SequenceBaselines.REFERENCES, TabularBaselines.REFERENCES)
            .build();
    Attribution found = Explainer.withReferences(model, bank, options).explain(patient);
    double expected = 0;
    double mean = 0;
    double probability = 0;
    for (Trajectory reference : validation) {
      TokenSequence other = model.tokenizer().tokenize(reference);
      double a0 = sum(TwoTables.P, TwoTables.codes(other, other.length()));
      double b0 = sum(TwoTables.Q, TwoTables.visits(other, other.length()));
      expected += (sum(TwoTables.P, codes) - a0) * (sum(TwoTables.Q, visits) + b0) / 2 / 3;
      mean += model.logits(reference)[0] / 3;
      probability += 1 / (1 + Math.exp(-model.logits(reference)[0])) / 3;
    }
    double ofCodes = found.inputs().get(0).rows().stream().mapToDouble(Scores::signed).sum();
    assertThat(ofCodes).isCloseTo(expected, within(1e-12));
    assertThat(found.baselineScore()).isCloseTo(mean, within(1e-12));
    assertThat(found.baselineProbability()).isCloseTo(probability, within(1e-12));
    assertThat(found.explainedProbability()).isEqualTo(found.prediction().probability());
    assertThat(found.completenessGap()).isLessThan(1e-12);
  }

  @Test
  void meansAreKeptInAFileByInputAndAreOfOneVersion() {
    Baseline made = Baseline.estimate(model, validation());
    Path file = folder.resolve("means");
    made.save(file);
    try (Safetensors tensors = Safetensors.open(file)) {
      assertThat(tensors.names())
          .containsExactlyInAnyOrder(
              "codes.manifold_mean",
              "codes.manifold_mean_unpadded",
              "visits.manifold_mean",
              "visits.manifold_mean_unpadded",
              "values.mean");
      double[] codeMean = tensors.read("codes.manifold_mean");
      // b, a and c are first.
      assertThat(codeMean[0]).isCloseTo((-2 + 1 + 0.25) / 3, within(1e-15));
      assertThat(tensors.read("values.mean")[0]).isCloseTo((3 + 5.5 + 8.1) / 3, within(1e-15));
    }
    Baseline read = Baseline.load(file);
    read.requireMadeFor(model);
    ExplainOptions options = ExplainOptions.DEFAULT;
    Attribution expected = Explainer.of(model, made, options).explain(patient);
    assertThat(Explainer.of(model, read, options).explain(patient)).isEqualTo(expected);
    read.save(folder.resolve("again"));
    assertThat(folder.resolve("again")).hasSameBinaryContentAs(file);
    try (TwoTables other = new TwoTables("ejml", "2")) {
      assertThatThrownBy(() -> Explainer.of(other, read, options))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "%s: was made for another version of two tables; make it again with"
                  + " Baseline.estimate",
              file);
    }
  }

  @Test
  void withoutTheMeansThatPathsStartFromNothingIsExplained() {
    assertThatThrownBy(() -> Explainer.of(model, null, ExplainOptions.DEFAULT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("the baseline 'manifold-mean' needs a validation cohort's means");
    ExplainOptions options =
        FROM_ZERO.toBuilder().baselines(SequenceBaselines.ZERO, TabularBaselines.MEAN).build();
    Explainer explainer = Explainer.of(model, null, options);
    assertThatThrownBy(() -> explainer.explain(patient))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the input 'values': the baseline 'mean' needs a validation");
  }

  @Test
  void theJsonTellsTheInputsApart() {
    Attribution found = Explainer.of(model, null, FROM_ZERO).explain(patient);
    Map<String, Object> json = new AttributionJson(model.significantDigits()).toMap(found);
    assertThat(json.get("inputs").toString())
        .startsWith("[{name=codes, tokens=[{position=0, l2=")
        .contains("{name=visits, tokens=[{position=0, l2=")
        .contains("{name=values, entries=[{name=age, value=70.0, signed=14.0}");
  }

  @Test
  void aCohortOnThreadsIsWhatEachPatientIsAlone() {
    List<Trajectory> cohort = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      cohort.addAll(validation());
    }
    try (TwoTables fast = new TwoTables("simd", "1")) {
      Baseline baseline = Baseline.estimate(fast, validation());
      Explainer explainer = Explainer.of(fast, baseline, ExplainOptions.DEFAULT);
      List<Attribution> together = new ArrayList<>();
      explainer.explainAll(cohort, 3, together::add);
      assertThat(together).isEqualTo(cohort.stream().map(explainer::explain).toList());
    }
  }

  /** Made-up patients have no tabular values, which this model needs. */
  @Test
  void aWarmUpEndsWhereTheModelReadsNoMadeUpPatient() {
    Explainer explainer = Explainer.of(model, null, FROM_ZERO);
    assertThat(explainer.warmUp(Duration.ofSeconds(5), a -> {})).isZero();
  }

  @Test
  void aPatientWhomTheModelCannotReadIsNamed() {
    Trajectory poor = new Trajectory("x", List.of(Visit.of("a")), Map.of("age", 1.0), null);
    assertThatThrownBy(() -> model.predict(poor))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("patient \"x\": age and bmi are needed");
  }
}
