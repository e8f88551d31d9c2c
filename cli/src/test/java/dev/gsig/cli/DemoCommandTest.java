package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** On a copy of the bundled demo. */
@Isolated("sets a system property")
class DemoCommandTest {
  private static final Path BUNDLED = Path.of("..", "demo");

  @TempDir Path temp;
  private Path demo;
  private Path out;

  @BeforeEach
  void copyTheDemo() throws IOException {
    demo = temp.resolve("demo");
    out = temp.resolve("results");
    try (Stream<Path> files = Files.walk(BUNDLED)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = demo.resolve(BUNDLED.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    makeBaseline();
    System.setProperty(DemoFolder.HOME, temp.toString());
  }

  private void makeBaseline() {
    Cli.Outcome made =
        Cli.run(
            "baseline",
            "--model",
            demo.resolve("model"),
            "--cohort",
            demo.resolve("validation.jsonl"));
    assertThat(made.code()).as(made.err()).isZero();
  }

  @AfterEach
  void forgetTheCopy() {
    System.clearProperty(DemoFolder.HOME);
  }

  private void keepPatients(int count) {
    Path test = demo.resolve("test.jsonl");
    Fixture.write(test, String.join("\n", Fixture.lines(test).subList(0, count)) + "\n");
  }

  private List<String> results() {
    return Fixture.lines(out.resolve("attributions.jsonl"));
  }

  @Test
  void explainsThirtyPatientsOfTheBundledModel() {
    Cli.Outcome outcome = Cli.run("demo", "--out", out, "--steps", 2, "--method", "ig");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(results()).hasSize(30);
    assertThat(flowing(outcome))
        .contains("Explaining 30 of ", "IG with 2 steps, from manifold-mean", "30 patients in ")
        .contains(out.resolve("attributions.jsonl").toString())
        .contains(out.resolve("report.html").toString());
    String last = Json.object(results().get(29), "result").string("subject_id");
    assertThat(ReportData.unpacked(out.resolve("report.html"), "patients").lines())
        .hasSize(30)
        .last()
        .asString()
        .contains(last);
    assertThat(ReportData.unpacked(out.resolve("report.html"), "cohort")).contains("\"auroc\"");
    assertThat(outcome.errLines()).allMatch(line -> line.matches("gsig: (warning|note): .*"));
  }

  @Test
  void explainsEveryPatientIfAsked() {
    keepPatients(33);
    Cli.Outcome outcome = Cli.run("demo", "--out", out, "--all", "--steps", 1, "--method", "ig");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(results()).hasSize(33);
  }

  @Test
  void theTableNamesWhatACliniciansReads() {
    keepPatients(3);
    Cli.Outcome outcome = Cli.run("demo", "--out", out, "--steps", 5, "--threads", 2);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<String> rows = table(outcome);
    assertThat(rows.get(0)).isEqualTo("patient  risk (reference)  what raised it, what lowered it");
    assertThat(rows.subList(1, rows.size()))
        .hasSize(3)
        .allMatch(
            row ->
                row.matches(
                    "p\\d+ +\\d+\\.\\d% \\(ref\\. \\d+%\\)  (raised by|up) .+; (lowered by|down) .+"))
        .allMatch(row -> row.length() <= Terminal.DEFAULT_WIDTH);
    // Names, not codes.
    assertThat(String.join("\n", rows)).doesNotContainPattern("[dmp]_\\d{4}");
    assertThat(flowing(outcome))
        .contains("IG with 5 steps, beside it GS-IG with 5 steps", "; GS-IG's l21 ");
  }

  @Test
  void detailsShowTheMethods() {
    keepPatients(3);
    Cli.Outcome outcome = Cli.run("demo", "--out", out, "--steps", 5, "--details");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<String> rows = table(outcome);
    assertThat(rows.get(0))
        .containsSubsequence("risk", "label", "gap", "theta", "vs theta=1", "GS-IG gap", "raised");
    assertThat(rows.subList(1, rows.size()))
        .allMatch(
            row ->
                row.matches(
                    "p\\d+ .*\\) +[01] +[\\d.]+% +\\d\\.\\d\\d +~?-?[\\d.]+% +[\\d.]+%  .* by .*"));
  }

  /** The table, header first. */
  private static List<String> table(Cli.Outcome outcome) {
    List<String> lines = outcome.outLines();
    int header = lines.indexOf("") + 1;
    return lines.subList(header, header + lines.subList(header, lines.size()).indexOf(""));
  }

  /** All that was said, as if the terminal were endlessly wide. */
  private static String flowing(Cli.Outcome outcome) {
    return outcome.out().replaceAll("\\s+", " ");
  }

  /** The demo has its validation patients; explained from one of them, nobody else is. */
  @Test
  void itsReferencePatientIsOneOfItsValidationPatients() {
    keepPatients(2);
    String line = Fixture.lines(demo.resolve("validation.jsonl")).get(7);
    String id = Json.object(line, "a patient").string("subject_id");
    Cli.Outcome outcome =
        Cli.run("demo", "--out", out, "--steps", 2, "--method", "ig", "--reference-patient", id);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(flowing(outcome)).contains("2 steps, from patient:" + id + "@");
    assertThat(results()).allMatch(result -> result.contains("\"baseline\":\"patient:" + id));
    assertThat(Cli.run("verify", out.resolve("attributions.jsonl")).code()).isZero();
  }

  @Test
  void anEarlierDemoIsReplaced() {
    keepPatients(3);
    Cli.run("demo", "--out", out, "--steps", 2, "--method", "ig");
    String first = Fixture.read(out.resolve("attributions.jsonl"));
    assertThat(Cli.run("demo", "--out", out, "--steps", 2, "--method", "ig").code()).isZero();

    assertThat(out.resolve("attributions.jsonl")).hasContent(first);
    assertThat(out.resolve("attributions.jsonl.provenance.json")).exists();
  }

  @Test
  void aMissingBaselineIsOneLineWithTheCommand() throws IOException {
    Files.delete(demo.resolve("model").resolve("baseline.safetensors"));
    Cli.Outcome outcome = Cli.run("demo", "--out", out);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines())
        .singleElement()
        .asString()
        .contains("no such file; make it with: gsig baseline --model ", "validation.jsonl");
    assertThat(out).doesNotExist();
  }

  @Test
  void anUnwritableFolderIsOneLine() {
    Cli.Outcome outcome = Cli.run("demo", "--out", demo.resolve("test.jsonl"));

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines())
        .singleElement()
        .asString()
        .contains("test.jsonl: lies inside the input");
  }

  @Test
  void aMissingDemoIsOneLine() {
    System.setProperty(DemoFolder.HOME, temp.resolve("elsewhere").toString());
    Cli.Outcome outcome = Cli.run("demo", "--out", out);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines()).singleElement().asString().contains("demo was not found");
  }

  @Test
  void theCheckoutIsFoundAboveTheClasses() {
    System.clearProperty(DemoFolder.HOME);

    assertThat(DemoFolder.find().folder().toAbsolutePath().normalize())
        .isEqualTo(BUNDLED.toAbsolutePath().normalize());
  }
}
