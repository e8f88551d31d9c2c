package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainCommandTest {
  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  private List<JsonObject> results() {
    return Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();
  }

  private static void assertDone(Cli.Outcome outcome) {
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void writesOneLineAPatientInTheirOrder() {
    assertDone(fixture.explain());

    assertThat(results()).extracting(r -> r.string("subject_id")).containsExactly("p0", "p1", "p2");
    assertThat(Fixture.read(fixture.out)).endsWith("}\n");
  }

  @Test
  void aLineHasTheDocumentedKeysInTheirOrder() {
    assertDone(fixture.explain());

    JsonObject result = results().get(0);
    assertThat(result.keys())
        .containsExactly(
            "subject_id",
            "prediction",
            "explained_class",
            "score",
            "baseline_score",
            "baseline_probability",
            "explained_probability",
            "baseline",
            "tabular_baseline",
            "method",
            "steps",
            "theta",
            "theta_curve",
            "l21",
            "l21_theta1",
            "completeness_gap",
            "completeness_gap_relative",
            "gradients",
            "tokens",
            "special_tokens",
            "visits",
            "tabular",
            "unknown_codes",
            "truncated_tokens",
            "missing_tabular",
            "empty_visits",
            "disordered_visits",
            "rounded_ages",
            "score_equals_baseline",
            "no_theta_within_gap",
            "node_limit_reached",
            "readings");
    assertThat(result.object("prediction").keys()).containsExactly("logit", "probability", "class");
    assertThat(result.objects("theta_curve").get(0).keys())
        .containsExactly("theta", "l21", "completeness_gap", "kind");
    assertThat(result.objects("tokens").get(0).keys())
        .containsExactly("position", "code", "visit", "known", "l2", "signed");
    assertThat(result.object("special_tokens").keys()).containsExactly("l2", "signed");
    assertThat(result.objects("visits").get(0).keys())
        .containsExactly("visit", "time", "l2", "signed");
    assertThat(result.objects("tabular").get(0).keys()).containsExactly("name", "value", "signed");
  }

  @Test
  void theNumbersOfALineAgreeWithEachOther() {
    assertDone(fixture.explain("--backend", "ejml"));

    for (JsonObject result : results()) {
      double tokens = sum(result.objects("tokens"), "signed");
      double total =
          tokens
              + result.object("special_tokens").number("signed")
              + sum(result.objects("tabular"), "signed");
      double gap = total - (result.number("score") - result.number("baseline_score"));
      assertThat(Math.abs(gap)).isCloseTo(result.number("completeness_gap"), within(1e-9));
      assertThat(sum(result.objects("tokens"), "l2"))
          .isCloseTo(result.number("l21"), within(1e-9))
          .isCloseTo(sum(result.objects("visits"), "l2"), within(1e-9));
      assertThat(tokens).isCloseTo(sum(result.objects("visits"), "signed"), within(1e-9));
      assertThat(result.object("prediction").number("logit"))
          .isCloseTo(result.number("score"), within(1e-9));
      assertThat(result.number("l21")).isLessThanOrEqualTo(result.number("l21_theta1"));
      assertThat(result.objects("theta_curve").get(0).number("theta")).isEqualTo(1);
    }
  }

  private static double sum(List<JsonObject> objects, String key) {
    return objects.stream().mapToDouble(object -> object.number(key)).sum();
  }

  @Test
  void theProbabilitiesAreThoseOfTheScores() {
    assertDone(fixture.explain("--backend", "ejml"));
    for (JsonObject result : results()) {
      assertThat(result.number("baseline_probability"))
          .isCloseTo(1 / (1 + Math.exp(-result.number("baseline_score"))), within(1e-9));
      assertThat(result.raw("explained_probability"))
          .isEqualTo(result.object("prediction").raw("probability"));
    }
  }

  /** Of class 1 and of class 0 the other way round. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void aBaselineThatIsAboveThePatientOrHalfIsCounted(String explained) {
    Cli.Outcome outcome = fixture.explain("--class", explained, "--baseline", "zero");
    long abovePatient = 0;
    long aboveLikely = 0;
    long aboveHalf = 0;
    for (JsonObject result : results()) {
      double baseline = result.number("baseline_probability");
      double patient = result.number("explained_probability");
      abovePatient += baseline > patient ? 1 : 0;
      aboveLikely += baseline > patient && patient > 0.5 ? 1 : 0;
      aboveHalf += baseline > 0.5 ? 1 : 0;
    }
    if (abovePatient + aboveHalf == 0) {
      assertThat(outcome.err()).doesNotContain("more probable at the baseline");
    } else {
      assertThat(outcome.err())
          .contains(
              "warning: of 3 patients, the explained class is more probable at the baseline than at"
                  + " the patient for "
                  + abovePatient
                  + ", "
                  + aboveLikely
                  + " of them above 50% (",
              "above 50% at the baseline for " + aboveHalf + ";");
    }
  }

  @Test
  void theDefaultBackendAgreesWithTheReference() {
    assertDone(fixture.explain("--theta", "1"));
    List<JsonObject> simd = results();
    assertDone(fixture.explain("--theta", "1", "--backend", "ejml", "--overwrite"));

    for (int i = 0; i < simd.size(); i++) {
      assertThat(simd.get(i).number("l21")).isCloseTo(results().get(i).number("l21"), within(1e-4));
    }
  }

  @Test
  void threadsDoNotChangeAByte() throws IOException {
    fixture.repeatCohort(7);
    assertDone(fixture.explain("--threads", "1"));
    byte[] one = Files.readAllBytes(fixture.out);
    assertDone(fixture.explain("--threads", "4", "--overwrite"));

    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(one);
  }

  @Test
  void sumsUpOnStandardError() {
    Cli.Outcome outcome = fixture.explain("--baseline", "zero");

    assertDone(outcome);
    assertThat(outcome.errLines())
        .last()
        .asString()
        .matches(
            "gsig: 3 patients explained in .* s \\(.*/s\\); median relative completeness gap"
                + " [0-9.]+% by gsig, [0-9.]+% by ig; results in .*out\\.jsonl");
  }

  @Test
  void aLargeGapIsPointedOut() {
    Cli.Outcome few = fixture.explain("--theta", "5", "--steps", "2");
    assertThat(few.err()).contains("gsig: note: half of the attributions miss more than");

    Cli.Outcome many = fixture.explain("--theta", "1", "--steps", "500", "--overwrite");
    assertThat(many.err()).doesNotContain("note:");
  }

  @Test
  void theSideFileSaysWhatTheResultsDependOn() {
    assertDone(fixture.explain());

    JsonObject side = Json.read(fixture.provenance());
    JsonObject inputs = side.object("inputs");
    assertThat(inputs.string("weights_sha256")).isEqualTo(FileHash.sha256(fixture.weights()));
    assertThat(inputs.string("baseline_sha256")).isEqualTo(FileHash.sha256(fixture.baseline()));
    assertThat(side.string("cohort_sha256")).isEqualTo(FileHash.sha256(fixture.cohort));
    assertThat(inputs.integer("steps")).isEqualTo(6);
    assertThat(side.integer("patients_explained")).isEqualTo(3);
    assertThat(side.string("finished")).isGreaterThanOrEqualTo(side.string("started"));
    assertThat(side.string("backend")).startsWith("simd");
    assertThat(side.string("java")).contains(System.getProperty("java.runtime.version"));
    assertThat(Fixture.read(fixture.provenance())).doesNotContain("\"p0\"", "l_011");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zero", "pad", "mask", "pad-trajectory"})
  void someBaselinesNeedNoValidationCohort(String baseline) throws IOException {
    Files.delete(fixture.baseline());
    assertDone(fixture.explain("--baseline", baseline, "--tabular-baseline", "self"));

    assertThat(results()).allMatch(result -> result.string("baseline").equals(baseline));
    assertThat(results())
        .allMatch(
            result -> result.objects("tabular").stream().allMatch(t -> t.number("signed") == 0));
  }

  @Test
  void theMeansMayLieElsewhere() throws IOException {
    Path elsewhere = temp.resolve("means.safetensors");
    assertDone(fixture.explain());
    String there = Fixture.read(fixture.out);
    Files.move(fixture.baseline(), elsewhere);
    assertDone(fixture.explain("--baseline-file", elsewhere, "--overwrite"));

    assertThat(Fixture.read(fixture.out)).isEqualTo(there);
  }

  @ParameterizedTest
  @ValueSource(strings = {"right", "left", "midpoint", "trapezoid", "gauss-legendre"})
  void plainIntegratedGradientsTakeEveryQuadrature(String rule) {
    assertDone(fixture.explain("--method", "ig", "--quadrature", rule));

    assertThat(results())
        .allSatisfy(
            result -> {
              assertThat(result.number("theta")).isEqualTo(1);
              assertThat(result.objects("theta_curve")).hasSize(1);
            });
  }

  @Test
  void oneThetaIsTakenAsItIs() {
    assertDone(fixture.explain("--theta", "2.5"));
    assertThat(results()).allMatch(result -> result.number("theta") == 2.5);

    assertDone(fixture.explain("--theta", "1.0", "--method", "ig", "--overwrite"));
    assertThat(results()).allMatch(result -> result.number("theta") == 1);
  }

  @Test
  void aGridAndAListAreSearchedBesideOne() {
    assertDone(fixture.explain("--theta", "grid:0.5:2:3", "--theta-search", "exact"));
    assertThat(thetas()).containsExactly(1.0, 0.5, 2.0);

    assertDone(fixture.explain("--theta", "list:3,0.7", "--overwrite"));
    assertThat(thetas()).containsExactly(1.0, 0.7, 3.0);

    assertDone(fixture.explain("--theta", "continuous", "--overwrite"));
    assertThat(thetas()).hasSize(12);
  }

  private List<Double> thetas() {
    return results().get(0).objects("theta_curve").stream()
        .map(point -> Math.round(point.number("theta") * 1e6) / 1e6)
        .toList();
  }

  @Test
  void anExactSearchSaysSo() {
    assertDone(fixture.explain("--theta-search", "exact"));
    assertThat(results())
        .allSatisfy(
            result ->
                assertThat(result.objects("theta_curve"))
                    .allMatch(point -> point.string("kind").equals("exact")));

    assertDone(fixture.explain("--theta-curve", "full", "--overwrite"));
    assertDone(fixture.explain("--theta-curve", "decision", "--overwrite"));
  }

  @Test
  void classAndTargetAreTaken() {
    assertDone(fixture.explain("--class", "0", "--target", "probability"));

    assertThat(results())
        .allSatisfy(
            result -> {
              assertThat(result.integer("explained_class")).isZero();
              assertThat(result.number("score"))
                  .isCloseTo(1 - result.object("prediction").number("probability"), within(1e-5));
            });
  }

  @Test
  void existingResultsAreNotTouchedUnasked() {
    Fixture.write(fixture.out, "precious\n");
    Cli.Outcome outcome = fixture.explain();

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines())
        .singleElement()
        .asString()
        .contains("out.jsonl: has results already", "--resume", "--overwrite", "--out");
    assertThat(fixture.out).hasContent("precious\n");
  }

  @Test
  void anEmptyFileMayBeFilled() {
    Fixture.write(fixture.out, "");
    assertDone(fixture.explain());
    assertThat(results()).hasSize(3);
  }

  @Test
  void overwritingReplacesEverything() {
    assertDone(fixture.explain());
    String once = Fixture.read(fixture.out);
    Fixture.write(fixture.out, once.repeat(100));
    assertDone(fixture.explain("--overwrite"));
    assertThat(fixture.out).hasContent(once);
  }

  @Test
  void theCohortIsNeverOverwritten() {
    String before = Fixture.read(fixture.cohort);
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            "--model",
            fixture.model,
            "--cohort",
            fixture.cohort,
            "--out",
            fixture.model.resolve("..").resolve("cohort.jsonl"),
            "--overwrite");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines()).singleElement().asString().contains("is also an input");
    assertThat(fixture.cohort).hasContent(before);
  }

  @Test
  void whatIsInTheDataCannotActOnTheTerminal() throws IOException {
    fixture = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, Files.createDirectory(temp.resolve("s")));
    Fixture.write(
        fixture.cohort,
        "{\"subject_id\":\"\\u001b[31mred\\u202e\",\"visits\":[{\"codes\":[\"[PAD]\"]}]}\n");
    Cli.Outcome outcome = fixture.explain();

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err().chars().filter(c -> c != '\n' && Character.isISOControl(c))).isEmpty();
    assertThat(outcome.err()).doesNotContain("\u202e");
  }
}
