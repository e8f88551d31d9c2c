package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkCommandTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @TempDir private Path folder;

  private int run(String... args) {
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    return SparkCommand.run(
        args, new Terminal(InputStream.nullInputStream(), stream, stream, 0, 100));
  }

  private String said() {
    String text = said.toString(StandardCharsets.UTF_8);
    said.reset();
    return text;
  }

  /** A run on one core over some lines; the options that are given come in the place of others. */
  private int explain(Path out, List<String> lines, String... given) throws IOException {
    Path cohort = Files.write(folder.resolve("cohort.jsonl"), lines);
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--model", Local.MODEL.toString());
    options.put("--cohort", cohort.toString());
    options.put("--out", out.toString());
    options.put("--master", "local[1]");
    options.put("--steps", "4");
    for (int i = 0; i < given.length; i += 2) {
      options.put(given[i], i + 1 < given.length ? given[i + 1] : "");
    }
    return run(
        options.entrySet().stream()
            .flatMap(option -> Stream.of(option.getKey(), option.getValue()))
            .filter(text -> !text.isEmpty())
            .toArray(String[]::new));
  }

  private static final String PATIENT =
      "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"d_59621000\"]}]}";

  @Test
  void aPackedCohortThatIsCutShortIsRefusedInOneLine() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write((PATIENT + "\n").repeat(3).getBytes(StandardCharsets.UTF_8));
    }
    Path cohort = folder.resolve("cut.jsonl.gz");
    Files.write(cohort, Arrays.copyOf(packed.toByteArray(), packed.size() - 9));
    Path out = folder.resolve("out");

    assertThat(explain(out, List.of(), "--cohort", cohort.toString())).isEqualTo(2);
    assertThat(said().lines())
        .singleElement()
        .asString()
        .contains("cut.jsonl.gz: cannot be read: ", "; fetch the file again");
    assertThat(out).doesNotExist();
  }

  /** Spark by itself would end the JVM. */
  @Test
  void withoutAFolderForTemporaryFilesSparkIsRefusedInOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    System.setProperty("spark.local.dir", file.resolve("x").toString());
    try {
      assertThat(explain(folder.resolve("out"), List.of(PATIENT))).isEqualTo(2);
    } finally {
      System.clearProperty("spark.local.dir");
    }
    assertThat(said().lines())
        .singleElement()
        .asString()
        .contains("Spark needs a folder for temporary files", "-Djava.io.tmpdir=FOLDER");
  }

  @Test
  void helpAndMistakes() {
    assertThat(run("--help")).isZero();
    assertThat(said().lines())
        .anyMatch(line -> line.startsWith("Usage: gsig-spark --model DIR"))
        .anyMatch(line -> line.contains("--theta-search"))
        .allMatch(line -> line.length() <= 100);
    assertMistake("'--out=DIR'", "--model", "m", "--cohort", "c");
    String[] all = {"--model", "m", "--cohort", "c", "--out", "o"};
    assertMistake("--threads: an executor explains as many", with(all, "--threads", "2"));
    assertMistake("--format: 'csv' is not one of jsonl, pa", with(all, "--format", "csv"));
    assertMistake("--visits is for events of MEDS", with(all, "--visits", "days"));
    assertMistake("--drop-version is for events of MEDS", with(all, "--drop-version"));
    assertMistake(
        "--visits: 'weeks' is not one of admissions, days",
        with(all, "--format", "meds", "--visits", "weeks"));
    assertMistake(
        "--out-format: 'meds' is not one of jsonl, parquet", with(all, "--out-format", "meds"));
  }

  private void assertMistake(String message, String... args) {
    assertThat(run(args)).isEqualTo(2);
    assertThat(said()).startsWith("gsig: ").contains(message).hasLineCount(1);
  }

  private static String[] with(String[] args, String... more) {
    return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
  }

  private static String another(String patient) {
    return patient.replace("\"p\"", "\"q\"");
  }

  @Test
  void subjectsThatRepeatAreRefused() throws IOException {
    Path out = folder.resolve("out");

    assertThat(explain(out, List.of(PATIENT, another(PATIENT), "{", PATIENT))).isEqualTo(2);
    assertThat(said().lines())
        .singleElement()
        .asString()
        .contains("cohort.jsonl: subjects occur more than once: \"p\" 2 times; write one patient");
    assertThat(out).doesNotExist();
  }

  @Test
  void aCohortOfAnotherModelIsRefused() throws IOException {
    Path out = folder.resolve("out");
    String unknown = another(PATIENT).replace("d_59621000", "D_59621000\",\"D_59621000");

    assertThat(explain(out, List.of(PATIENT, unknown))).isEqualTo(2);
    assertThat(said().lines())
        .singleElement()
        .asString()
        .contains("cohort.jsonl: 2 of 3 codes (66.7%) are not in the model's vocabulary: the")
        .contains("\"D_59621000\", the model \"d_59621000\"")
        .contains("likely because the cohort has capitals where the other has small letters");
    assertThat(out).doesNotExist();
  }

  /** Behind the first patients, which are looked at before the others are explained. */
  @Test
  void unknownCodesAreCountedToTheEnd() throws IOException {
    Path out = folder.resolve("out");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      String patient = PATIENT.replace("\"p\"", "\"p" + i + "\"");
      lines.add(i < 101 ? patient : patient.replace("d_59621000", "x_" + i));
    }

    assertThat(explain(out, lines)).isEqualTo(2);
    assertThat(said()).contains("149 of 250 codes (59.6%)", "another cohort's vocabulary");
    assertThat(out).doesNotExist();

    assertThat(explain(out, lines.subList(0, 110))).isZero();
    assertThat(said())
        .contains("gsig: warning: 9 of 110 codes (8.2%), in 9 patients, not in the model's");
  }

  @Test
  void badLinesAreSaidWithTheirReasonAndTheRestIsWritten() throws IOException {
    Path out = folder.resolve("out");

    assertThat(explain(out, List.of(PATIENT, "{", "{\"visits\":[]}", "{", another(PATIENT))))
        .isZero();

    assertThat(said())
        .contains("gsig: warning: left out 2: malformed JSON")
        .contains("cohort.jsonl, byte " + (PATIENT.length() + 1))
        .contains("gsig: warning: left out 1: \"subject_id\" is missing")
        .contains("gsig: 2 patients explained in")
        .contains("3 left out; results in " + out);
    assertThat(Local.written(out)).hasSize(2).allMatch(line -> line.startsWith("{\"subject_id\":"));
    assertThat(out.resolve("_gsig.json"))
        .content()
        .contains("\"patients\":2,\"rejected\":3,\"reasons\":{\"\\\"subject_id\\\" is missing");
  }

  /** The reference is found on the driver, and goes to the tasks with the options. */
  @Test
  void pathsMayStartAtAPatientOrAGroupOfOnesOwn() throws IOException {
    Path patients = Files.write(folder.resolve("own.jsonl"), List.of(PATIENT, another(PATIENT)));
    Path out = folder.resolve("out");

    assertThat(explain(out, List.of(PATIENT), "--baseline", "group:" + patients)).isZero();
    assertThat(Local.written(out))
        .singleElement()
        .asString()
        .contains("\"baseline\":\"group:own.jsonl@", "\"score_equals_baseline\":true");

    String[] one = {"--overwrite", "", "--reference-patient", "q", "--references", patients + ""};
    assertThat(explain(out, List.of(PATIENT), one)).isZero();
    assertThat(Local.written(out))
        .singleElement()
        .asString()
        .contains("\"baseline\":\"patient:q@", "\"score_equals_baseline\":true");

    said();
    one[3] = "nobody";
    assertThat(explain(folder.resolve("other"), List.of(PATIENT), one)).isEqualTo(2);
    assertThat(said()).contains("own.jsonl: has no patient \"nobody\"").hasLineCount(1);
  }

  @Test
  void resultsAreNotOverwrittenUnlessAskedAndNothingIsLeftOfAFailedRun() throws IOException {
    Path out = folder.resolve("out");
    assertThat(explain(out, List.of(PATIENT, another(PATIENT)))).isZero();
    said();

    assertThat(explain(out, List.of(PATIENT))).isEqualTo(2);
    assertThat(said()).contains("out: is there already; replace it with --overwrite");

    assertThat(explain(out, List.of("{", "["), "--overwrite")).isEqualTo(2);
    assertThat(said())
        .contains("cohort.jsonl: no patient can be used; left out 1: ")
        .hasLineCount(1);
    assertThat(Local.written(out)).hasSize(2);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("cohort.jsonl", "out");

    assertThat(explain(out, List.of(PATIENT), "--overwrite")).isZero();
    assertThat(Local.written(out)).hasSize(1);
  }

  @Test
  void whatCannotBeUsedIsOneLine() throws IOException {
    Path out = folder.resolve("out");
    List<String> one = List.of(PATIENT);

    assertInput("config.json: cannot be read: no such", explain(out, one, "--model", folder + ""));
    assertInput("backend 'abacus' is not known", explain(out, one, "--backend", "abacus"));
    assertInput("name one backend", explain(out, one, "--backend", "auto"));
    assertInput("--master moon", explain(out, one, "--master", "moon"));
    assertInput("no such file", explain(out, one, "--baseline-file", folder + "/none"));
    Path broken = Files.writeString(folder.resolve("broken.parquet"), "no Parquet at all");
    assertInput("broken.parquet: ", explain(out, one, "--cohort", broken + ""));
    assertInput("none.parquet: ", explain(out, one, "--cohort", folder + "/none.parquet"));
    assertThat(out).doesNotExist();
  }

  private void assertInput(String message, int code) {
    String text = said();
    assertThat(code).as(text).isEqualTo(2);
    assertThat(text).startsWith("gsig: ").contains(message).hasLineCount(1);
  }
}
