package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several methods of one run, along one path. */
class ReadingsTest {
  private static final Path DEMO = Path.of("../demo");
  private static final List<Trajectory> COHORT = CohortReader.readAll(DEMO.resolve("test.jsonl"));
  private static final List<PathMethod> OF_A_BASELINE =
      PathMethods.named().stream()
          .filter(m -> !MethodOption.REFERENCES.isUsedBy(m) && m != PathMethods.SHAPLEY)
          .toList();

  private static ExplainOptions options(List<PathMethod> methods) {
    PathMethod[] others = methods.subList(1, methods.size()).toArray(PathMethod[]::new);
    return ExplainOptions.DEFAULT.toBuilder().method(methods.get(0), others).build();
  }

  private static Attribution explain(Model model, Trajectory patient, ExplainOptions options) {
    Baseline means = Baseline.load(DEMO.resolve("model").resolve(Baseline.FILE_NAME));
    return Explainer.of(model, means, options).explain(patient);
  }

  private static int gradients(Attribution a) {
    return a.notes().gradients();
  }

  /** As JSON, but for what is told once and for the gradients, which are shared. */
  private static String told(Attribution a) {
    Map<String, Object> json = new AttributionJson(17).toMap(a);
    json.remove("readings");
    json.remove("gradients");
    return Json.write(json);
  }

  @Test
  void eachIsToTheLastBitWhatItIsAlone() {
    try (Model model = Model.load(DEMO.resolve("model"), "simd")) {
      for (Trajectory patient : COHORT.subList(0, 3)) {
        Attribution first = explain(model, patient, options(OF_A_BASELINE));
        List<Attribution> readings = new ArrayList<>(List.of(first));
        readings.addAll(first.readings());
        assertThat(readings).extracting(Attribution::method).isEqualTo(OF_A_BASELINE);
        for (Attribution reading : readings) {
          Attribution alone = explain(model, patient, options(List.of(reading.method())));
          assertThat(told(reading).equals(told(alone))).as(reading.method().label()).isTrue();
          assertThat(gradients(reading)).isLessThanOrEqualTo(gradients(alone));
        }
      }
    }
  }

  @Test
  void theNodesOfTheCurveAreThoseOfTheIntegralAndOfTheMeasure() {
    ExplainOptions options =
        options(List.of(PathMethods.GSIG, PathMethods.IG, PathMethods.BOUNDED_MEASURE));
    try (Model model = Model.load(DEMO.resolve("model"), "simd")) {
      for (Trajectory patient : COHORT.subList(0, 5)) {
        List<Attribution> others = explain(model, patient, options).readings();
        int alone = gradients(explain(model, patient, options(List.of(PathMethods.IG))));
        assertThat(alone).isGreaterThanOrEqualTo(5);
        // the nine that the curve begins with serve both
        assertThat(gradients(others.get(0))).isEqualTo(alone <= 9 ? 0 : gradients(others.get(0)));
        assertThat(gradients(others.get(0)) + gradients(others.get(1))).isLessThan(alone);
      }
    }
  }

  @Test
  void severalPatientsTogetherShareNothing() {
    ExplainOptions options = options(List.of(PathMethods.IG, PathMethods.GSIG));
    Explainer.Batching together = new Explainer.Batching(0, 3, true);
    try (Model model = Model.load(DEMO.resolve("model"), "simd")) {
      Baseline means = Baseline.load(DEMO.resolve("model").resolve(Baseline.FILE_NAME));
      List<String> lines = new ArrayList<>();
      AttributionJson json = new AttributionJson(17);
      Explainer.of(model, means, options, together)
          .explainAll(COHORT.subList(0, 4), 1, a -> lines.add(json.write(a)));
      for (int i = 0; i < 4; i++) {
        String alone = json.write(explain(model, COHORT.get(i), options));
        assertThat(lines.get(i).equals(alone)).as("patient %d", i).isTrue();
      }
    }
  }

  @Test
  void aReadingIsWrittenUnderReadingsWithWhatIsItsOwn() {
    try (Model model = Model.load(DEMO.resolve("model"), "simd")) {
      Attribution a =
          explain(model, COHORT.get(0), options(List.of(PathMethods.GSIG, PathMethods.IG)));
      JsonObject line = Json.object(new AttributionJson(6).write(a), "line");
      JsonObject reading = line.objects("readings").get(0);
      assertThat(line.string("method")).isEqualTo("gsig");
      assertThat(reading.string("method")).isEqualTo("ig");
      assertThat(reading.keys()).contains("tolerance_reached").doesNotContain("prediction");
      assertThat(reading.objects("tokens")).hasSameSizeAs(line.objects("tokens"));
      assertThat(reading.objects("tokens").get(0).keys())
          .containsExactly("position", "l2", "signed");
      double sum =
          a.readings().get(0).tokens().stream().mapToDouble(t -> t.scores().signed()).sum()
              + a.readings().get(0).specialTokens().signed()
              + a.readings().get(0).tabular().stream().mapToDouble(t -> t.signed()).sum();
      assertThat(sum)
          .isCloseTo(
              a.score() - a.baselineScore(),
              within(0.01 * Math.abs(a.score() - a.baselineScore())));
    }
  }

  @Test
  void methodsThatCannotStandTogetherAreRefused() {
    ExplainOptions.Builder builder = ExplainOptions.DEFAULT.toBuilder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.method(PathMethods.IG, PathMethods.IG).build())
        .withMessage("each method is named once, but there are ig, ig");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ExplainOptions.DEFAULT.toBuilder()
                    .method(PathMethods.IG, PathMethods.EXPECTED_GRADIENTS)
                    .build())
        .withMessageContaining("one starts from a bank of patients and one from a baseline");
  }

  @Test
  void anOptionOfOneOfThemIsUsed() {
    ExplainOptions.Builder both =
        ExplainOptions.DEFAULT.toBuilder().method(PathMethods.GSIG, PathMethods.IG);
    assertThat(both.tolerance(1e-3).build().path().tolerance()).isEqualTo(1e-3);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ExplainOptions.DEFAULT.toBuilder().method(PathMethods.IG).sampling(7, 1).build())
        .withMessageContaining("permutations is for --method shapley");
  }
}
