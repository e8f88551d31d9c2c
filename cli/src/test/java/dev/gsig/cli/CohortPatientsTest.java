package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cohorts that have something wrong with them, in every command that reads one with a model. */
class CohortPatientsTest {
  private static final String UNKNOWN = patient("u", "\"FOO\",\"BAR\"");

  /** Read, but too large for float32. */
  private static final String TOO_LARGE =
      patient("big", "\"l_011\"").replace("\"tabular\":{}", "\"tabular\":{\"age\":1e300}");

  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  private static String patient(String id, String codes) {
    return "{\"subject_id\":\""
        + id
        + "\",\"visits\":[{\"codes\":["
        + codes
        + "]}],\"tabular\":{}}";
  }

  private void cohort(String... lines) {
    Fixture.write(fixture.cohort, String.join("\n", lines) + "\n");
  }

  private List<JsonObject> results() {
    return Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();
  }

  private List<String> subjects() {
    return results().stream().map(result -> result.string("subject_id")).toList();
  }

  /** A run of a command over the cohort; those that write a file write to the fixture's out. */
  private Cli.Outcome run(String command, Object... options) {
    List<Object> args =
        new ArrayList<>(List.of(command, "--model", fixture.model, "--cohort", fixture.cohort));
    args.addAll(
        switch (command) {
          case "explain" -> List.of("--out", fixture.out, "--steps", 6);
          case "baseline" -> List.of("--out", fixture.folder.resolve("means.safetensors"));
          case "evaluate" ->
              List.of("--methods", "ig,random", "--baselines", "zero", "--steps", "4");
          default -> List.of("--steps", "4", "--theta", "list:1");
        });
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"explain", "baseline", "evaluate", "study"})
  void mostCodesUnknownIsRefusedBeforeAnythingIsWritten(String command) {
    cohort(UNKNOWN, patient("k", "\"l_011\""));

    Cli.assertRefused(
        run(command),
        fixture.cohort + ": 2 of 3 codes (66.7%) are not in the model's vocabulary",
        "the cohort has \"FOO\", \"BAR\", the model \"m_005\", \"p_006\", \"l_007\"",
        "likely another cohort's vocabulary");
    assertThat(fixture.out).doesNotExist();
    assertThat(fixture.folder.resolve("means.safetensors")).doesNotExist();
  }

  @Test
  void aPipeOfUnknownCodesGivesNothing() {
    Cli.Outcome outcome =
        Cli.pipe(
            UNKNOWN + "\n", "explain", "--model", fixture.model, "--cohort", "-", "--out", "-");

    Cli.assertRefused(outcome, "standard input: 2 of 2 codes (100.0%)");
  }

  /** Known patients enough for results to be there before the others are read. */
  private void cohortThatTurnsOutUnknown() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      lines.add(patient("k" + i, "\"l_011\""));
    }
    for (int i = 0; i < 40; i++) {
      lines.add(patient("u" + i, "\"FOO\",\"BAR\""));
    }
    cohort(lines.toArray(String[]::new));
  }

  private void assertRefusedAsUnknown(String cohort, Cli.Outcome outcome) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err())
        .startsWith("gsig: " + cohort + ": 80 of 140 codes (57.1%) are not in the model's")
        .doesNotContain("--resume");
  }

  @Test
  void resultsBeforeTheRefusalAreTakenBack() throws IOException {
    cohortThatTurnsOutUnknown();
    List<Path> before = files();

    assertRefusedAsUnknown(fixture.cohort.toString(), run("explain", "--threads", "1"));
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void resultsOfACohortFromStandardInputAreTakenBackToo() throws IOException {
    cohortThatTurnsOutUnknown();
    List<Path> before = files();

    Cli.Outcome outcome =
        Cli.pipe(
            Fixture.read(fixture.cohort),
            "explain",
            "--model",
            fixture.model,
            "--cohort",
            "-",
            "--threads",
            "1",
            "--out",
            fixture.out);

    assertRefusedAsUnknown("standard input", outcome);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void whatLeftOnStandardOutputIsCounted() {
    cohortThatTurnsOutUnknown();

    Cli.Outcome outcome =
        Cli.pipe(
            Fixture.read(fixture.cohort),
            "explain",
            "--model",
            fixture.model,
            "--cohort",
            "-",
            "--threads",
            "1",
            "--out",
            "-");

    assertRefusedAsUnknown("standard input", outcome);
    long results = outcome.out().lines().count();
    assertThat(results).isPositive();
    assertThat(outcome.err())
        .contains("(" + results + " results before it on standard output cannot be taken back)");
  }

  @Test
  void theResultsThatWereToBeReplacedComeBack() throws IOException {
    assertThat(run("explain").code()).isZero();
    String results = Fixture.read(fixture.out);
    String provenance = Fixture.read(fixture.provenance());
    List<Path> before = files();
    cohortThatTurnsOutUnknown();

    assertRefusedAsUnknown(
        fixture.cohort.toString(), run("explain", "--threads", "1", "--overwrite"));
    assertThat(files()).isEqualTo(before);
    assertThat(Fixture.read(fixture.out)).isEqualTo(results);
    assertThat(Fixture.read(fixture.provenance())).isEqualTo(provenance);
  }

  @Test
  void theResultsThatWereToBeContinuedStay() throws IOException {
    cohort(patient("k0", "\"l_011\""), patient("k1", "\"l_011\""));
    assertThat(run("explain").code()).isZero();
    String results = Fixture.read(fixture.out);
    cohortThatTurnsOutUnknown();

    assertRefusedAsUnknown(fixture.cohort.toString(), run("explain", "--threads", "1", "--resume"));
    assertThat(Fixture.read(fixture.out)).isEqualTo(results);
    assertThat(Fixture.read(fixture.provenance())).contains("\"finished\":null");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(fixture.folder)) {
      return files.sorted().toList();
    }
  }

  /** They are not "by these codes", which is said in the result. */
  @Test
  void aPatientOfNothingButUnknownCodesIsMarkedAmongOthers() {
    cohort(UNKNOWN, patient("k", "\"l_011\",\"m_005\""));

    Cli.Outcome outcome = run("explain");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("warning: 2 of 4 codes (50.0%), in 1 patient, not in");
    assertThat(results().get(0).integer("unknown_codes")).isEqualTo(2);
    assertThat(results().get(0).objects("tokens"))
        .extracting(token -> token.raw("known"))
        .containsExactly(false, false);
  }

  @Test
  void referencesOfAnotherModelAreRefused() {
    Fixture.write(fixture.validation, UNKNOWN + "\n");

    Cli.assertRefused(
        run("explain", "--method", "expected-gradients", "--references", fixture.validation),
        "the validation patients that paths start from: 2 of 2 codes (100.0%)");
  }

  @Test
  void visitsInDescendingOrderAreCountedOrSorted() {
    String sorted = Fixture.read(fixture.cohort);
    assertThat(run("explain").err()).doesNotContain("earlier than");
    final List<String> wanted = Fixture.lines(fixture.out);
    reverseVisits();

    Cli.Outcome asTheyStand = run("explain", "--overwrite");
    assertThat(asTheyStand.err())
        .contains(
            "warning: 5 visits in 2 patients earlier than a visit before them; the model reads"
                + " visits as they stand, --sort-visits sorts them");
    assertThat(results())
        .extracting(result -> result.integer("disordered_visits"))
        .containsExactly(0, 2, 3);
    Cli.assertRefused(
        run("explain", "--resume", "--sort-visits"), "sort_visits null, now it is true");

    Cli.Outcome outcome = run("explain", "--overwrite", "--sort-visits");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err())
        .contains("note: the visits of 2 patients sorted by time")
        .doesNotContain("earlier than");
    assertThat(Fixture.lines(fixture.out)).isEqualTo(wanted);
    assertThat(Cli.run("verify", fixture.out).code()).isZero();
    Cli.assertRefused(run("explain", "--resume"), "sort_visits true, now it is null");
    assertThat(sorted).isNotEqualTo(Fixture.read(fixture.cohort));
  }

  private void reverseVisits() {
    List<String> lines = new ArrayList<>();
    for (String line : Fixture.lines(fixture.cohort)) {
      JsonObject json = Json.object(line, "line");
      List<Object> visits = new ArrayList<>(json.list("visits"));
      Collections.reverse(visits);
      var fields = new LinkedHashMap<String, Object>();
      json.keys().forEach(key -> fields.put(key, key.equals("visits") ? visits : json.raw(key)));
      lines.add(Json.write(fields));
    }
    cohort(lines.toArray(String[]::new));
  }

  @Test
  void visitsWithoutTimesCannotBeSorted() {
    cohort(
        "{\"subject_id\":\"a\",\"visits\":[{\"time\":\"2031-02-01\",\"codes\":[\"l_011\"]},"
            + "{\"codes\":[\"l_011\"]},{\"time\":\"2031-01-01\",\"codes\":[\"l_011\"]}]}",
        patient("b", "\"l_011\""));

    Cli.assertRefused(
        run("explain", "--sort-visits"),
        "line 1: patient \"a\", visit 2: has no time of ISO 8601 that it could be sorted by");
    assertThat(run("explain", "--sort-visits", "--skip-invalid").code()).isZero();
    assertThat(subjects()).containsExactly("b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"explain", "baseline", "evaluate", "study"})
  void subjectsThatRepeatAreRefusedByTheirLine(String command) {
    cohort(patient("a", "\"l_011\""), patient("b", "\"l_011\""), patient("a", "\"m_005\""));

    Cli.assertRefused(run(command), "line 3: the subject \"a\" is in line 1 already");
  }

  @Test
  void visitsWithoutCodesAreCounted() {
    cohort(
        "{\"subject_id\":\"a\",\"visits\":[{\"codes\":[]},{\"codes\":[\"l_011\"]},{\"codes\":[]}]}");

    assertThat(run("explain").err())
        .contains("warning: 2 visits without codes in 1 patient; the model sees nothing of them")
        .contains("(\"age\" in every patient, \"sex\" in every patient)");
    assertThat(results().get(0).integer("empty_visits")).isEqualTo(2);
    assertThat(results().get(0).objects("visits")).hasSize(1);
  }

  private void mixedCohort() {
    List<String> lines = new ArrayList<>(Fixture.lines(fixture.cohort));
    lines.add(1, "{\"bad\":1}");
    lines.add(2, TOO_LARGE);
    lines.add("{\"subject_id\":\"e\",\"visits\":[]}");
    lines.add(lines.get(0));
    cohort(lines.toArray(String[]::new));
  }

  @Test
  void badPatientsAreLeftOutWithTheirReasonsAndLines() {
    mixedCohort();

    Cli.Outcome outcome = run("explain", "--skip-invalid");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(subjects()).containsExactly("p0", "p1", "p2");
    assertThat(outcome.errLines())
        .filteredOn(line -> line.contains("left out"))
        .hasSize(4)
        .anyMatch(line -> line.contains("left out 1: ") && line.endsWith(", line 2)"))
        .anyMatch(line -> line.contains("Infinity") && line.endsWith(", line 3)"))
        .anyMatch(line -> line.contains("left out 1: the trajectory is empty: no visit has a code"))
        .anyMatch(line -> line.contains("the subject is in line # already"));
    JsonObject side = Json.read(fixture.provenance());
    assertThat(side.integer("patients_left_out")).isEqualTo(4);
    assertThat(side.integer("patients_explained")).isEqualTo(3);
    assertThat(Cli.run("verify", fixture.out).out()).startsWith("verified: 3 results are the same");
    assertThat(Cli.run("verify", fixture.out, "--patients", 2).out())
        .startsWith("verified: the first 2 of 3 results are the same");
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline", "evaluate", "study"})
  void everyCommandLeavesThemOut(String command) {
    mixedCohort();
    Cli.assertRefused(run(command), "line 2: ");

    Cli.Outcome outcome = run(command, "--skip-invalid");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("left out 1: ", ", line 2)", "no visit has a code");
    if (!command.equals("baseline")) {
      assertThat(outcome.out()).startsWith("3 patients (label 0: ");
    }
  }

  /** What a run without it has written before the bad line is gone on with. */
  @Test
  void aRunThatEndedAtABadPatientGoesOnBehindThem() {
    mixedCohort();
    Cli.Outcome ended = run("explain", "--threads", 1);
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("line 2: ", "1 result before it in ");
    assertThat(subjects()).containsExactly("p0");

    assertThat(run("explain", "--resume").code()).isEqualTo(2);
    Cli.Outcome outcome = run("explain", "--resume", "--skip-invalid");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(subjects()).containsExactly("p0", "p1", "p2");
    assertThat(Cli.run("verify", fixture.out).code()).isZero();

    // Kept results on both sides of a patient who has none.
    Cli.Outcome again = run("explain", "--resume", "--skip-invalid");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).contains("Infinity").contains("3 kept from before");
    Cli.assertRefused(run("explain", "--resume"), "line 2: ");
  }

  @Test
  void aResultThatIsMissingIsNotTakenForABadPatient() {
    assertThat(run("explain").code()).isZero();
    List<String> lines = Fixture.lines(fixture.out);
    Fixture.write(fixture.out, lines.get(0) + "\n" + lines.get(2) + "\n");

    Cli.assertRefused(
        run("explain", "--resume", "--skip-invalid"),
        "line 2: is the result of \"p2\", but the cohort has \"p1\" in that place");
  }

  @ParameterizedTest
  @ValueSource(strings = {"explain", "baseline", "evaluate", "study"})
  void nobodyLeftIsRefused(String command) {
    cohort("{\"bad\":1}", "{\"subject_id\":\"e\",\"visits\":[]}");

    Cli.assertRefused(
        run(command, "--skip-invalid"),
        fixture.cohort + ": no patient can be used; left out 1: ",
        "line 1");
    assertThat(fixture.out).doesNotExist();
  }

  @Test
  void resultsOfAnEarlierVersionAreToldPlainly() {
    assertThat(run("explain").code()).isZero();
    Fixture.write(
        fixture.out,
        Fixture.read(fixture.out)
            .replaceAll("\"known\":(true|false),", "")
            .replaceAll("\"method\":\"gsig\",", "")
            .replaceAll("\"(baseline|explained)_probability\":[^,]*,", "")
            .replaceAll(",\"unknown_codes\".*?}\n", "}\n"));

    String told =
        "line 1: was written by an earlier version of gsig, which did not say which codes";
    Cli.assertRefused(run("explain", "--resume"), told);
    Cli.assertRefused(Cli.run("verify", fixture.out), told);
    assertThat(
            Cli.run("export", "--in", fixture.out, "--out", "-", "--rows", "patients").outLines())
        .element(1)
        .asString()
        .endsWith(",,,,,,,");
  }
}
