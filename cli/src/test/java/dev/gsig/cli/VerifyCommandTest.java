package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class VerifyCommandTest {
  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  private void explain(Object... options) {
    Cli.Outcome outcome = fixture.explain(options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  private Cli.Outcome verify(Object... options) {
    List<Object> args = new ArrayList<>(List.of("verify", fixture.out));
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  private static void assertVerified(Cli.Outcome outcome, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.outLines())
        .singleElement()
        .asString()
        .startsWith("verified: ")
        .contains("the same, byte for byte")
        .contains(parts);
  }

  private void change(Path file, String from, String to) {
    String text = Fixture.read(file);
    assertThat(text).contains(from);
    Fixture.write(file, text.replaceFirst(Pattern.quote(from), to));
  }

  static Stream<Arguments> options() {
    return Stream.of(
        options("--steps", 4),
        options("--theta", "continuous", "--lambda-l1", 0.125, "--max-completeness-gap", 0.3),
        options("--theta", "grid:0.3:3:4", "--theta-search", "exact"),
        options("--theta", "list:0.7,2", "--theta-curve", "full"),
        options("--theta", 0.7, "--target", "probability", "--class", 0),
        options("--method", "ig", "--quadrature", "gauss-legendre", "--backend", "ejml"),
        options("--method", "bounded-measure", "--baseline", "pad-trajectory"),
        options("--baseline", "zero", "--tabular-baseline", "self"),
        options("--fixed", "tabular", "--baseline", "zero"),
        options("--fixed", "sequence", "--method", "ig"),
        options("--method", "shapley", "--permutations", 5, "--seed", -9),
        options("--method", "shapley", "--fixed", "tabular", "--target", "probability"),
        options("--method", "dig", "--steps", 7),
        options("--method", "guided-ig", "--baseline", "pad"),
        options("--method", "idgi", "--tabular-baseline", "zero"));
  }

  private static Arguments options(Object... options) {
    return Arguments.of((Object) options);
  }

  @ParameterizedTest
  @MethodSource("options")
  void computesWithTheOptionsOfThen(Object[] options) {
    explain(options);
    assertVerified(verify("--threads", 2), "3 results are the same");
  }

  @Test
  void referencesAreCheckedToo() {
    explain(
        "--method",
        "expected-gradients",
        "--references",
        fixture.validation,
        "--reference-count",
        2);
    assertVerified(verify(), "3 results");

    change(fixture.validation, "\"label\"", "\"Label\"");
    Cli.assertRefused(verify(), "validation.jsonl: is not what", "--baseline-file");
  }

  @Test
  void onlyTheFirstFew() {
    explain();
    assertVerified(verify("--patients", 2), "the first 2 of 3 results are the same");
    assertVerified(verify("--patients", 9), "3 results");
  }

  @Test
  void theDemoIsTheStartOfACohort() {
    Path out = temp.resolve("demo");
    assertThat(Cli.run("demo", "--out", out, "--steps", 1, "--method", "ig").code()).isZero();
    Cli.Outcome outcome = Cli.run("verify", out.resolve("attributions.jsonl"));
    assertVerified(outcome, "30 results are the same");
  }

  @Test
  void aResumedRunIsVerifiedAsAWhole() throws IOException {
    explain();
    String whole = Fixture.read(fixture.out);
    Files.writeString(fixture.out, whole.substring(0, whole.indexOf('\n') + 9));
    explain("--resume");
    assertVerified(verify(), "3 results");
  }

  @Test
  void patientsFromAPipeHaveToBeNamed() {
    Cli.Outcome piped =
        Cli.pipe(
            Fixture.read(fixture.cohort),
            "explain",
            "--model",
            fixture.model,
            "--cohort",
            "-",
            "--out",
            fixture.out);
    assertThat(piped.code()).as(piped.err()).isZero();

    Cli.assertRefused(verify(), "came from standard input", "--cohort");
    assertVerified(verify("--cohort", fixture.cohort), "3 results");
    Fixture.write(fixture.cohort, Fixture.read(fixture.cohort) + "\n");
    Cli.assertRefused(verify("--cohort", fixture.cohort), "cohort.jsonl: is not what");
  }

  @Test
  void filesThatMovedAreNamed() throws IOException {
    explain();
    Path model = Files.move(fixture.model, temp.resolve("elsewhere"));
    Path cohort = Files.move(fixture.cohort, temp.resolve("patients.jsonl"));

    Cli.assertRefused(verify(), "config.json: the results were made with it", "--model");
    Cli.assertRefused(verify("--model", model), "cohort.jsonl: the results were", "--cohort");
    assertVerified(verify("--model", model, "--cohort", cohort), "3 results");

    Path baseline = Files.move(model.resolve("baseline.safetensors"), temp.resolve("b"));
    Cli.assertRefused(verify("--model", model, "--cohort", cohort), "--baseline-file");
    assertVerified(
        verify("--model", model, "--cohort", cohort, "--baseline-file", baseline), "3 results");
  }

  @ParameterizedTest
  @CsvSource({
    "model/config.json, --model",
    "model/vocab.json, --model",
    "model/baseline.safetensors, --baseline-file",
    "cohort.jsonl, --cohort"
  })
  void aFileThatChangedIsNamed(String file, String option) throws IOException {
    explain();
    Files.writeString(temp.resolve(file), " \n", StandardOpenOption.APPEND);
    Cli.assertRefused(verify(), file + ": is not what the results were made with", option);
  }

  @Test
  void otherWeightsAreNamed() {
    explain();
    new RawSafetensors(fixture.weights()).data(0, 0.125f).save();
    Cli.assertRefused(verify(), "the weights in ", "is not what the results were made with");
  }

  @Test
  void aChangedResultIsNamedByPatientFieldAndValues() {
    explain();
    String line = Fixture.lines(fixture.out).get(1);
    Object score = Json.object(line, "line").raw("score");
    Fixture.write(
        fixture.out, Fixture.read(fixture.out).replace("\"score\":" + score + ",", "\"score\":7,"));

    assertDiffers(
        verify(), "out.jsonl, line 2, patient \"p1\": score is 7, but recomputed it is " + score);
    assertVerified(verify("--patients", 1), "the first 1 of 3");
  }

  static Stream<Arguments> tampering() {
    return Stream.of(
        Arguments.of("(?s)^.*?\n", "", "line 1, patient \"p0\": subject_id is \"p1\""),
        Arguments.of("(?s)\n[^\n]*\n$", "\n", "patient \"p2\": has no result; the file ends after"),
        Arguments.of("\\z", "{}\n", "line 4: is one more than the 3 results"),
        Arguments.of("\n\\z", "", "bytes, but recomputed it has"),
        Arguments.of("\n", "\r\n", "line 1, patient \"p0\": has the recomputed values, but"),
        Arguments.of("\"position\":1,", "", "tokens[0].position is absent, but recomputed it is 1"),
        Arguments.of(
            "\\{\"subject", "{\"x\":[1],\"subject", "x is [1], but recomputed it is absent"),
        Arguments.of("^\\{", "", "line 1: ") // not JSON
        );
  }

  @ParameterizedTest
  @MethodSource("tampering")
  void whateverWasDoneToTheFile(String pattern, String replacement, String message) {
    explain();
    String text = Fixture.read(fixture.out);
    String other = text.replaceFirst(pattern, replacement);
    assertThat(other).isNotEqualTo(text);
    Fixture.write(fixture.out, other);
    assertDiffers(verify(), "out.jsonl", message);
  }

  static Stream<Arguments> sideFiles() {
    return Stream.of(
        Arguments.of("^\\{", "[", "malformed JSON"),
        Arguments.of("\"finished\":\"[^\"]*\"", "\"finished\":null", "--resume"),
        Arguments.of("\"backend\":\"simd", "\"backend\":\"abacus", "backend abacus, which cannot"),
        Arguments.of("\"backend\":\"simd", "\"backend\":\"cuda", "which cannot be had here"),
        Arguments.of("\"backend\":\"simd", "\"backend\":\"../x", "no name of a backend"),
        Arguments.of(
            "\"methods\":\\[\"gsig\"", "\"methods\":[\"lime\"", "\"inputs.methods\" is \"lime\""),
        Arguments.of("\"methods\":\\[[^]]*", "\"methods\":[", "there must be a method"),
        Arguments.of("\"steps\":6", "\"steps\":0", "steps must be 1 to 1000000"),
        Arguments.of("\"steps\":6", "\"dropout\":0.1,\"steps\":6", "\"inputs.dropout\" is 0.1;"),
        Arguments.of("\"significant_digits\":6", "\"significant_digits\":5", "cannot repeat it"),
        Arguments.of("\"candidates\":\\[1", "\"candidates\":[\"1\",1", "numbers only"),
        Arguments.of("\"candidates\":\\[1[^]]*", "\"candidates\":[", "theta = 1 must come first"),
        Arguments.of("\"model\":\"[^\"]*\"", "\"model\":\"a\\\\u0000b\"", "is no path"),
        Arguments.of("\"cohort\":\"[^\"]*\"", "\"cohort\":\"/dev/zero\"", "/dev/zero: the results"),
        Arguments.of("\"patients_kept\":0", "\"patients_kept\":-3", "tells of no results"),
        Arguments.of("\"patients_explained\":3", "\"patients_explained\":4", "fewer than the 4"),
        Arguments.of("\"weights_sha256\":\"..", "\"weights_sha256\":\"zz", "the weights in"));
  }

  @ParameterizedTest
  @MethodSource("sideFiles")
  void aSideFileThatCannotBeFollowedIsOneLine(String pattern, String replacement, String message) {
    explain();
    String text = Fixture.read(fixture.provenance());
    String other = text.replaceFirst(pattern, replacement);
    assertThat(other).isNotEqualTo(text);
    Fixture.write(fixture.provenance(), other);
    Cli.assertRefused(verify(), message);
  }

  @Test
  void aSideFileThatTellsOfFewerResultsDiffers() {
    explain();
    change(fixture.provenance(), "\"patients_explained\":3", "\"patients_explained\":2");
    assertDiffers(verify(), "line 3: is one more");
  }

  /** Exit code 3, in one line, so that a script tells it from what cannot be verified. */
  private static void assertDiffers(Cli.Outcome outcome, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(3);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errLines()).singleElement().asString().startsWith("gsig: ").contains(parts);
  }

  @Test
  void withoutASideFileNothingCanBeVerified() throws IOException {
    explain();
    Files.delete(fixture.provenance());
    Cli.assertRefused(verify(), "out.jsonl.provenance.json: no such file");
  }

  /** As gsig wrote them before it knew of verifying. */
  @Test
  void anOldSideFileHasNoChecksumOfTheCohort() {
    explain();
    String text = Fixture.read(fixture.provenance());
    Fixture.write(fixture.provenance(), text.replaceFirst("\"cohort_sha256\":\"[^\"]*\",", ""));

    Cli.Outcome outcome = verify();
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.errLines()).singleElement().asString().contains("no checksum of the cohort");
    assertThat(outcome.out()).startsWith("verified: 3 results");
  }

  @Test
  void anotherVersionIsNamedWithTheDifference() {
    explain();
    change(fixture.provenance(), "\"engine\":\"gsig ", "\"engine\":\"gsig 0.0-");
    assertVerified(verify(), "3 results");
    change(fixture.out, "\"steps\":6", "\"steps\":7");
    assertDiffers(verify(), "steps is 7, but recomputed it is 6 (made by gsig 0.0-");
  }
}
