package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values beside the codes, in a model that adds them up: {@code logit = W mean over the n real
 * tokens of (code row + value vector)}, so that everything can be worked out by hand.
 */
class ValuesTest {
  private static final double W0 = 0.75;
  private static final double W1 = -0.5;
  private static final double[] VECTOR = {2, 1};
  private static final double[] BIAS = {0.5, 3};

  @TempDir Path folder;

  private HandMadeModel model(String scale, String missing) {
    return HandMadeModel.binary(W0, W1, 0.25)
        .config("embedding_inputs", Map.of("value", "linear"))
        .config("value_scale", scale)
        .config("value_missing", missing)
        .weight("embeddings.value_embeddings.weight", VECTOR, 2, 1)
        .weight("embeddings.value_embeddings.bias", BIAS, 2);
  }

  private void statistics() {
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("values.json"),
          "{\"a\":{\"count\":4,\"mean\":10,\"sd\":2},\"b\":{\"count\":1,\"mean\":3,\"sd\":0}}");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Visit visit(List<String> codes, Double... values) {
    return new Visit(null, codes, null, null, null, Arrays.asList(values));
  }

  /** CLS a b SEP c SEP: a is 4, b has no value, c is -1. */
  private static Trajectory patient() {
    return HandMadeModel.patient(
        "p", Map.of(), visit(List.of("a", "b"), 4.0, null), visit(List.of("c"), -1.0));
  }

  private static final int REAL = 6;

  private static double codes() {
    double x = 0;
    double y = 0;
    for (double[] row :
        List.of(
            HandMadeModel.CLS,
            HandMadeModel.A,
            HandMadeModel.B,
            HandMadeModel.SEP,
            HandMadeModel.C,
            HandMadeModel.SEP)) {
      x += row[0];
      y += row[1];
    }
    return 0.25 + (W0 * x + W1 * y) / REAL;
  }

  private static double weight(double[] vector) {
    return (W0 * vector[0] + W1 * vector[1]) / REAL;
  }

  private static Explainer explainer(Model model, Baseline means, ValueBaseline start) {
    return explainer(model, means, start, PathMethods.IG);
  }

  private static Explainer explainer(
      Model model, Baseline means, ValueBaseline start, PathMethod method) {
    return Explainer.of(
        model,
        means,
        ExplainOptions.DEFAULT.toBuilder()
            .method(method)
            .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
            .valueBaseline(start)
            .build());
  }

  @Test
  void aValueAddsItsVectorWhereItIs() {
    try (Model model = model("raw", "nothing").load(folder)) {
      double expected = codes() + 3 * weight(VECTOR) + 2 * weight(BIAS);
      assertThat(model.predict(patient()).logit()).isCloseTo(expected, within(1e-12));
    }
    try (Model model = model("raw", "zero").load(folder)) {
      double expected = codes() + 3 * weight(VECTOR) + REAL * weight(BIAS);
      assertThat(model.predict(patient()).logit()).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void standardisedValuesAreThoseOfTheTrainingSet() {
    statistics();
    try (Model model = model("standardised", "nothing").load(folder)) {
      // a: (4 - 10) / 2; c has no statistics, and so no value
      double expected = codes() - 3 * weight(VECTOR) + weight(BIAS);
      assertThat(model.predict(patient()).logit()).isCloseTo(expected, within(1e-12));
      assertThat(model.tokenize(patient()).value())
          .containsExactly(
              Double.NaN,
              -3,
              Double.NaN,
              Double.NaN,
              Double.NaN,
              Double.NaN,
              Double.NaN,
              Double.NaN);
    }
  }

  @Test
  void aModelThatStandardisesNeedsTheStatistics() {
    assertThatThrownBy(() -> model("standardised", "zero").load(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "vocab.json: the model standardises values, but there is no values.json");
  }

  @Test
  void whatIsNotThereHasNoPart() {
    try (Model model = model("raw", "nothing").load(folder)) {
      Attribution a = explainer(model, null, ValueBaseline.ZERO).explain(patient());
      assertThat(a.tokens()).extracting(TokenScore::code).containsExactly("a", "b", "c");
      TokenScore first = a.tokens().get(0);
      assertThat(first.value().number()).isEqualTo(4);
      assertThat(first.value().start()).isZero();
      assertThat(first.value().signed()).isCloseTo(4 * weight(VECTOR), within(1e-12));
      assertThat(first.scores().signed())
          .isCloseTo(4 * weight(VECTOR) + weight(BIAS) + weight(HandMadeModel.A), within(1e-12));
      assertThat(a.tokens().get(1).value()).isNull();
      assertThat(a.tokens().get(1).scores().signed())
          .isCloseTo(weight(HandMadeModel.B), within(1e-12));
      assertThat(a.tokens().get(2).value().signed()).isCloseTo(-weight(VECTOR), within(1e-12));
      assertThat(a.completenessGap()).isLessThan(1e-12);
    }
  }

  /** Validation means of the codes; the training mean where nobody has a value, and said. */
  @Test
  void valuesStartAtTheMeanOfTheirCode() {
    statistics();
    try (Model model = model("raw", "zero").load(folder)) {
      Trajectory one = HandMadeModel.patient("v1", Map.of(), visit(List.of("c", "a"), 5.0, null));
      Trajectory two = HandMadeModel.patient("v2", Map.of(), visit(List.of("c"), -2.0));
      Baseline means = Baseline.estimate(model, List.of(one, two));
      Attribution a = explainer(model, means, ValueBaseline.MEAN).explain(patient());
      assertThat(a.tokens().get(2).value().start()).isEqualTo(1.5);
      assertThat(a.tokens().get(2).value().signed())
          .isCloseTo((-1 - 1.5) * weight(VECTOR), within(1e-12));
      assertThat(a.tokens().get(0).value().start()).isEqualTo(10);
      assertThat(a.notes().valuesFromTraining()).isEqualTo(1);

      Path file = folder.resolve("means.safetensors");
      means.save(file);
      assertThat(explainer(model, Baseline.load(file), ValueBaseline.MEAN).explain(patient()))
          .isEqualTo(a);
    }
  }

  /** At the embedding block's output values are in the means, and so is what scales them. */
  @Test
  void meansThatHoldValuesAreOfTheirStatistics() throws IOException {
    statistics();
    HandMadeModel scaled = model("standardised", "zero").config("attribution_point", "embedding");
    Baseline means;
    try (Model model = scaled.load(folder)) {
      assertThat(model.inputNames()).containsExactly(Model.SEQUENCE);
      means = Baseline.estimate(model, List.of(patient()));
      means.requireMadeFor(model);
    }
    Path values = folder.resolve("values.json");
    Files.writeString(values, Files.readString(values).replace("10", "11"));
    try (Model model = scaled.load(folder)) {
      assertThatThrownBy(() -> means.requireMadeFor(model))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("vocabulary");
    }
  }

  @Test
  void aCodeOfWhichNoMeanIsKnownIsRefused() {
    try (Model model = model("raw", "nothing").load(folder)) {
      assertThatThrownBy(() -> explainer(model, null, ValueBaseline.MEAN).explain(patient()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("patient \"p\": no mean is known of the values of \"a\"")
          .hasMessageContaining("--value-baseline zero");
    }
  }

  static Stream<PathMethod> methods() {
    return Stream.of(
        PathMethods.IG,
        PathMethods.GSIG,
        PathMethods.BOUNDED_MEASURE,
        PathMethods.GUIDED_IG,
        PathMethods.IDGI,
        PathMethods.SHAPLEY);
  }

  /**
   * The model is a sum: each method that adds up must tell both parts apart, to the last digits.
   */
  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodTellsTheCodeFromItsValue(PathMethod method) {
    try (Model model = model("raw", "nothing").load(folder)) {
      Attribution a = explainer(model, null, ValueBaseline.ZERO, method).explain(patient());
      if (method == PathMethods.IDGI) { // shares a step's change by squares, and not by the path
        assertThat(a.completenessGap()).isLessThan(1e-9);
        return;
      }
      TokenScore first = a.tokens().get(0);
      assertThat(first.value().signed()).isCloseTo(4 * weight(VECTOR), within(1e-9));
      assertThat(first.scores().signed() - first.value().signed())
          .isCloseTo(weight(HandMadeModel.A) + weight(BIAS), within(1e-9));
    }
  }

  /** The code's part is that of a value which is the mean: measured, and nothing to see. */
  @Test
  void thatAValueIsThereIsTheCodesPart() {
    statistics();
    try (Model model = model("raw", "nothing").load(folder)) {
      Trajectory one = HandMadeModel.patient("v1", Map.of(), visit(List.of("a", "c"), 7.0, 2.0));
      Baseline means = Baseline.estimate(model, List.of(one));
      TokenScore first =
          explainer(model, means, ValueBaseline.MEAN).explain(patient()).tokens().get(0);
      assertThat(first.value().signed()).isCloseTo((4 - 7) * weight(VECTOR), within(1e-12));
      assertThat(first.scores().signed() - first.value().signed())
          .isCloseTo(weight(HandMadeModel.A) + 7 * weight(VECTOR) + weight(BIAS), within(1e-12));
    }
  }

  /** Where the codes are held, the values are there all along the path. */
  @Test
  void ofCodesThatAreHeldOnlyTheNumbersMove() {
    try (Model model = model("raw", "nothing").load(folder)) {
      ExplainOptions options =
          ExplainOptions.DEFAULT.toBuilder()
              .method(PathMethods.IG)
              .baselines(SequenceBaselines.SELF, TabularBaselines.ZERO)
              .valueBaseline(ValueBaseline.ZERO)
              .fixed(Model.SEQUENCE)
              .build();
      Attribution a = Explainer.of(model, null, options).explain(patient());
      TokenScore first = a.tokens().get(0);
      assertThat(first.scores().signed()).isCloseTo(4 * weight(VECTOR), within(1e-12));
      assertThat(first.value().signed()).isEqualTo(first.scores().signed());
      assertThat(a.completenessGap()).isLessThan(1e-12);
    }
  }

  @Test
  void valuesThatAreHeldHaveNoPart() {
    try (Model model = model("raw", "nothing").load(folder)) {
      ExplainOptions options =
          ExplainOptions.DEFAULT.toBuilder()
              .method(PathMethods.IG)
              .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
              .fixed(Model.VALUES)
              .build();
      Attribution a = Explainer.of(model, null, options).explain(patient());
      assertThat(a.valueBaseline()).isNull();
      assertThat(a.tokens()).extracting(TokenScore::value).containsOnlyNulls();
      assertThat(a.tokens().get(0).scores().signed())
          .isCloseTo(weight(HandMadeModel.A), within(1e-12));
      assertThat(a.completenessGap()).isLessThan(1e-12);
    }
  }

  /** A code that the vocabulary lacks is read as UNK, whose value would be anybody's. */
  @Test
  void theValueOfAnUnknownCodeIsNotRead() {
    Trajectory unknown =
        HandMadeModel.patient("u", Map.of(), visit(List.of("a", "x"), null, 1000.0));
    try (Model model = model("raw", "nothing").load(folder)) {
      assertThat(model.tokenize(unknown).value()).containsOnly(Double.NaN);
    }
  }

  @Test
  void aReplacedCodeHasNoValue() {
    try (Model model = model("raw", "nothing").load(folder)) {
      int[] ids = model.tokenize(patient()).inputIds();
      ids[1] = 3;
      double[] left = model.tokenize(patient()).withIds(ids).value();
      assertThat(left[1]).isNaN();
      assertThat(left[4]).isEqualTo(-1);
      double[] without = model.tokenize(patient()).without(p -> p == 2).value();
      assertThat(Arrays.copyOf(without, 5))
          .containsExactly(Double.NaN, 4, Double.NaN, -1, Double.NaN);
    }
  }

  @Test
  void aModelWithoutValuesIsNotToldWhereTheyStart() {
    try (Model model = HandMadeModel.binary(1, 1, 0).load(folder)) {
      assertThatThrownBy(() -> explainer(model, null, ValueBaseline.ZERO))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("reads no values beside the codes");
    }
  }
}
