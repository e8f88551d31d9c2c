package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command that reads lines reads them packed with gzip, too, whatever their name. */
class PackedInputTest {

  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  private Path packed(Path file, String name) throws IOException {
    return Files.write(temp.resolve(name), packed(Files.readAllBytes(file)));
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  /** Commands with what stands for their cohort, and what they write, where it never differs. */
  static Stream<Arguments> commandsOfCohorts() {
    return Stream.of(
        Arguments.of("baseline", List.of("--out", "OUT/baseline.safetensors")),
        Arguments.of("explain", List.of("--out", "OUT/results.jsonl", "--steps", "3")),
        Arguments.of(
            "explain",
            List.of(
                "--out",
                "OUT/results.jsonl",
                "--steps",
                "3",
                "--method",
                "expected-gradients",
                "--reference-count",
                "2",
                "--references",
                "COHORT")),
        Arguments.of("evaluate", List.of("--out", "OUT/evaluation", "--steps", "3")),
        Arguments.of("study", List.of("--out", "OUT/study", "--steps", "2,4")));
  }

  @ParameterizedTest
  @MethodSource("commandsOfCohorts")
  void aPackedCohortIsTheCohort(String command, List<String> options) throws IOException {
    String plain = written(command, options, fixture.cohort, "plain");

    assertThat(written(command, options, packed(fixture.cohort, "c.jsonl.gz"), "one"))
        .isEqualTo(plain);
    assertThat(written(command, options, packed(fixture.cohort, "packed.jsonl"), "other"))
        .isEqualTo(plain);
  }

  private static String withoutMilliseconds(String csv) {
    List<String> lines = csv.lines().toList();
    int column = List.of(lines.get(0).split(",")).indexOf("milliseconds");
    assertThat(column).isNotNegative();
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      List<String> cells = new ArrayList<>(List.of(line.split(",", -1)));
      cells.remove(column);
      text.append(String.join(",", cells)).append('\n');
    }
    return text.toString();
  }

  /** All that a command wrote but what tells when, how fast and of which files. */
  private String written(String command, List<String> options, Path cohort, String name)
      throws IOException {
    Path folder = Files.createDirectories(temp.resolve(name));
    List<Object> args = new ArrayList<>(List.of(command, "--model", fixture.model));
    args.addAll(List.of("--cohort", cohort));
    for (String option : options) {
      args.add(option.replace("OUT", folder.toString()).replace("COHORT", cohort.toString()));
    }
    Cli.Outcome outcome = Cli.run(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        // the tables of evaluate and their provenance tell how long it took
        boolean timed = command.equals("evaluate") && !file.toString().endsWith("patients.csv");
        if (!timed && !file.toString().endsWith(".json")) {
          text.append(folder.relativize(file)).append('\n');
          String content = Files.readString(file, StandardCharsets.ISO_8859_1);
          text.append(command.equals("evaluate") ? withoutMilliseconds(content) : content);
        }
      }
    }
    assertThat(text.length()).isGreaterThan(100);
    return text.toString();
  }

  @Test
  void packedResultsAreVerifiedShownAndExported() throws IOException {
    assertThat(fixture.explain().code()).isZero();
    Cli.Outcome plain = Cli.run("export", "--in", fixture.out, "--out", "-");
    Path results = packed(fixture.out, "out.jsonl.gz");
    Path cohort = packed(fixture.cohort, "cohort.jsonl.gz");
    Files.delete(fixture.out);

    Cli.Outcome verified = Cli.run("verify", results, "--cohort", cohort);
    assertThat(verified.code()).as(verified.err()).isZero();
    assertThat(verified.out()).contains("3 results are the same");
    assertThat(Cli.run("export", "--in", results, "--out", "-").out()).isEqualTo(plain.out());
    Path report = temp.resolve("report.html");
    Cli.Outcome shown = Cli.run("report", "--in", results, "--out", report);
    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(ReportData.unpacked(report, "patients")).contains("\"p1\"");
  }

  @Test
  void resultsAreShownAndACohortVerifiedFromStandardInput() {
    assertThat(fixture.explain().code()).isZero();
    Path report = temp.resolve("report.html");

    Cli.Outcome shown = Cli.pipe(Fixture.read(fixture.out), "report", "--in", "-", "--out", report);
    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(ReportData.unpacked(report, "patients")).contains("\"p1\"");
    String patients = Fixture.read(fixture.cohort);
    assertThat(Cli.pipe(patients, "verify", fixture.out, "--cohort", "-").code()).isZero();
    Cli.Outcome others =
        Cli.pipe(patients.replace("\"p2\"", "\"q2\""), "verify", fixture.out, "--cohort", "-");
    assertThat(others.code()).isNotZero();
    assertThat(others.err()).contains("line 3, patient \"q2\"");
  }

  @Test
  void packedResultsThatAreCutShortAreRefused() throws IOException {
    assertThat(fixture.explain().code()).isZero();
    byte[] whole = packed(Files.readAllBytes(fixture.out));
    Path results = Files.write(temp.resolve("cut.gz"), Arrays.copyOf(whole, whole.length - 2));

    Cli.assertRefused(
        Cli.run("export", "--in", results, "--out", temp.resolve("t.csv")),
        "cut.gz: cannot be unpacked: it is cut short");
    assertThat(temp.resolve("t.csv")).doesNotExist();
  }
}
