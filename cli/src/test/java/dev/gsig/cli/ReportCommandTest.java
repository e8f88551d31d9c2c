package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report as a file; how it looks and works is tested in a browser. */
class ReportCommandTest {
  @TempDir Path temp;
  private Path results;
  private Path report;

  @BeforeEach
  void name() {
    results = temp.resolve("results.jsonl");
    report = temp.resolve("report.html");
  }

  private Cli.Outcome report(Object... options) {
    return Cli.run(
        Stream.concat(Stream.of("report", "--in", results, "--out", report), Stream.of(options))
            .toArray());
  }

  private void makeUp(int patients) {
    Fixture.write(
        results,
        String.join("\n", IntStream.range(0, patients).mapToObj(MadeUpResults::patient).toList())
            + "\n");
  }

  /** The text of one of the page's data blocks, unpacked. */
  private String data(String id) {
    return id.equals("run") ? block(id) : ReportData.unpacked(report, id);
  }

  private String block(String id) {
    return ReportData.block(report, id);
  }

  private static List<Object> column(JsonObject patient, String list, String key) {
    return new ArrayList<>(patient.object(list).list(key));
  }

  private List<JsonObject> patients() {
    return data("patients").lines().map(line -> Json.object(line, "patient")).toList();
  }

  private JsonObject object(String id) {
    return Json.object(data(id), id);
  }

  private void assertRefused(Cli.Outcome outcome, String... parts) {
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errLines()).singleElement().asString().contains(parts);
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .doesNotContain("report.html")
          .noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  @Test
  void holdsEveryResultAsItIs() {
    makeUp(5);
    Cli.Outcome outcome = report();

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.errLines()).containsExactly("gsig: report on 5 patients in " + report);
    List<JsonObject> patients = patients();
    assertThat(patients).hasSize(5);
    for (int i = 0; i < 5; i++) {
      JsonObject result = Json.object(Fixture.lines(results).get(i), "result");
      JsonObject patient = patients.get(i);
      for (String key : List.of("subject_id", "score", "l21", "completeness_gap", "prediction")) {
        assertThat(patient.raw(key)).isEqualTo(result.raw(key));
      }
      assertThat(column(patient, "tokens", "code"))
          .isEqualTo(result.objects("tokens").stream().map(t -> t.raw("code")).toList());
      assertThat(column(patient, "visits", "time"))
          .isEqualTo(result.objects("visits").stream().map(v -> v.raw("time")).toList());
    }
    assertThat(object("cohort").integer("patients")).isEqualTo(5);
    // Codes stand for themselves without a model.
    assertThat(object("cohort").objects("codes"))
        .allMatch(code -> code.string("text").equals(code.string("code")));
    assertThat(object("run").has("engine")).isFalse();
  }

  @Test
  void referencesNothingOutsideAndAllowsOnlyItsOwnScript() {
    makeUp(1);
    assertThat(report().code()).isZero();

    String page = Fixture.read(report);
    assertThat(page)
        .contains("default-src 'none'", "script-src 'sha256-", "style-src 'sha256-")
        .doesNotContain("{{", "src=", "url(http", "@import", "<link");
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://");
  }

  @Test
  void dataCannotEndItsBlock() {
    String id = "</script><!--<script>&\"'\u2028";
    String code = "</SCRIPT ><b>";
    Fixture.write(results, MadeUpResults.patient(0, id, code) + "\n");
    assertThat(report().code()).isZero();

    for (String block : List.of("patients", "cohort", "run")) {
      assertThat(block(block)).doesNotContain("<", ">", "&");
    }
    assertThat(object("patients").string("subject_id")).isEqualTo(id);
    assertThat(object("cohort").objects("index").get(0).string("id")).isEqualTo(id);
    assertThat(object("cohort").objects("codes").get(0).string("code")).isEqualTo(code);
  }

  @Test
  void describesCodesAndTheRunWhereTheyAreKnown() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Fixture.write(fixture.model.resolve("descriptions.json"), "{\"c1\":\"Cough\"}");
    assertThat(fixture.explain("--report", report).code()).isZero();
    byte[] ofExplain = Fixture.read(report).getBytes(StandardCharsets.UTF_8);

    results = fixture.out;
    assertThat(report("--model", fixture.model, "--cohort", fixture.cohort).code()).isZero();
    assertThat(report).hasBinaryContent(ofExplain);
    assertThat(object("run").integer("labels")).isEqualTo(1);
    assertThat(object("run").string("model")).isEqualTo(fixture.model.toString());
    assertThat(object("run").object("inputs").integer("steps")).isEqualTo(6);
  }

  @Test
  void explainReportsOnResumedResultsToo() throws IOException {
    Fixture fixture = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    Cli.Outcome whole = fixture.explain("--report", report);
    assertThat(whole.code()).as(whole.err()).isZero();
    assertThat(whole.errLines()).contains("gsig: report on 3 patients in " + report);
    String patients = data("patients");
    List<String> lines = Fixture.lines(fixture.out);

    Fixture.write(fixture.out, lines.get(0) + "\n" + lines.get(1).substring(0, 40));
    Files.delete(report);
    assertThat(fixture.explain("--resume", "--report", report).code()).isZero();
    assertThat(data("patients")).isEqualTo(patients);

    // Nothing is left to explain, but a report was asked for.
    Files.delete(report);
    assertThat(fixture.explain("--resume", "--report", report).code()).isZero();
    assertThat(data("patients")).isEqualTo(patients);
  }

  @Test
  void pagesAreBoundedAndTheCohortIsNot() {
    makeUp(7);
    Cli.Outcome outcome = report("--patients", 3);

    assertThat(outcome.errLines())
        .containsExactly("gsig: report on 7 patients (a page each for the first 3) in " + report);
    assertThat(patients())
        .extracting(patient -> patient.string("subject_id"))
        .containsExactly("patient-0", "patient-1", "patient-2");
    assertThat(object("cohort").integer("patients")).isEqualTo(7);
    assertThat(object("cohort").objects("index")).hasSize(3);
    List<?> bins = object("cohort").object("gap").list("bins");
    assertThat(bins.stream().mapToLong(bin -> (Long) ((List<?>) bin).get(2)).sum()).isEqualTo(7);

    assertThat(report("--patients", 0).code()).isZero();
    assertThat(block("patients")).isEmpty();
    assertRefused(report("--patients", -1), "--patients must be at least 0, but is -1");
  }

  @Test
  void theOutcomesAreThoseOfTheCohort() {
    makeUp(4);
    Path cohort = temp.resolve("cohort.jsonl");
    Fixture.write(
        cohort,
        MadeUpResults.ofCohort(2, 0)
            + MadeUpResults.ofCohort(0, 1)
            + MadeUpResults.ofCohort(1, null));
    assertThat(report("--cohort", cohort).code()).isZero();
    assertThat(object("cohort").objects("index"))
        .extracting(entry -> entry.raw("outcome"))
        .containsExactly(1L, null, 0L, null);
    assertThat(patients()).extracting(p -> p.raw("outcome")).containsExactly(1L, null, 0L, null);
    assertThat(object("cohort").object("calibration").integer("events")).isEqualTo(1);

    Fixture.write(cohort, MadeUpResults.ofCohort(0, null));
    assertRefused(report("--cohort", cohort), "cohort.jsonl: no patient has a label");
    Fixture.write(cohort, MadeUpResults.ofCohort(7, 0));
    assertRefused(
        report("--cohort", cohort),
        "has no label of any patient of",
        "the cohort that was explained");
  }

  @Test
  void anEarlierReportIsReplacedButNothingElse() {
    makeUp(2);
    assertThat(report().code()).isZero();
    String first = Fixture.read(report);
    assertThat(report().code()).isZero();
    assertThat(report).hasContent(first);

    Fixture.write(report, "<!doctype html>\n<title>My thesis</title>");
    assertRefused(report(), "report.html: exists and is no report", "name another file");
    assertThat(report).hasContent("<!doctype html>\n<title>My thesis</title>");

    assertRefused(Cli.run("report", "--in", results, "--out", results), "is also an input");
  }

  @Test
  void whatIsNoResultIsOneLine() throws IOException {
    assertRefused(report(), "results.jsonl: cannot be read: no such file");
    assertNothingLeft();

    Fixture.write(results, "\n\n");
    assertRefused(report(), "holds no results; make them with gsig explain");
    assertNothingLeft();

    String line = MadeUpResults.patient(0);
    Fixture.write(results, line + "\n" + line.substring(0, 100));
    assertRefused(report(), "results.jsonl, line 2: malformed JSON", "--resume completes");
    assertNothingLeft();

    Fixture.write(results, "{\"subject_id\":\"p\",\"visits\":[]}\n");
    assertRefused(report(), "line 1: \"prediction\" is missing", "what gsig explain wrote");
    assertNothingLeft();

    Fixture.write(results, line.replace("\"signed\":0.01}", "\"signed\":\"much\"}") + "\n");
    assertRefused(report(), "\"special_tokens.signed\" must be a number");
    assertNothingLeft();
  }

  @Test
  void aReportThatCannotBeWrittenIsSaidBeforeTheWork() {
    Fixture fixture = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    assertRefused(
        fixture.explain("--report", temp.resolve("nowhere").resolve("r.html")),
        "r.html: cannot be written: its folder does not exist");
    assertRefused(fixture.explain("--report", fixture.cohort), "is also an input");
    assertRefused(fixture.explain("--report", fixture.out), "name the same file");
    assertRefused(fixture.explain("--report", fixture.weights()), "lies inside the input");
    assertRefused(fixture.explain("--report", fixture.validation), "exists and is no report");
    assertThat(fixture.out).doesNotExist();
  }
}
