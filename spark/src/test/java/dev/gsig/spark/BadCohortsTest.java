package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cohorts that are wrong somewhere, for {@code gsig explain --skip-invalid} and {@code gsig-spark},
 * which leaves out without being asked: the same exit code, the same lines and the same results.
 * Where a patient stands differs, for a split of a file knows bytes and no lines.
 */
class BadCohortsTest {
  private static final String GOOD = patient("good", "[{\"codes\":[\"d_59621000\"]}]");

  @TempDir private Path folder;

  /**
   * A cohort.
   *
   * @param flag an option of both; empty for none
   * @param says a line that both print begins so; all other lines are compared, too
   */
  private record Bad(String name, List<String> cohort, String flag, int code, String says) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static String patient(String id, String visits) {
    return "{\"subject_id\":\"" + id + "\",\"visits\":" + visits + "}";
  }

  private static String with(String id, String field) {
    return GOOD.replace("\"good\"", "\"" + id + "\"").replaceFirst("}$", "," + field + "}");
  }

  private static Bad bad(String name, int code, String says, String... cohort) {
    return new Bad(name, List.of(cohort), "", code, says);
  }

  static Stream<Bad> cohorts() {
    String late = "{\"time\":\"2031-01-01\",\"codes\":[\"d_59621000\"]}";
    String early = "{\"time\":\"2030-01-01\",\"codes\":[\"d_162864005\"]}";
    String never = "{\"codes\":[\"d_162864005\"]}";
    String codes = "\"d_59621000\",".repeat(300) + "\"d_162864005\"";
    String disordered = patient("back", "[" + late + "," + early + "]");
    return Stream.of(
        bad(
            "most codes are unknown",
            2,
            "COHORT: 3 of 4 codes (75.0%) are not in the model's vocabulary: the cohort has",
            patient("x", "[{\"codes\":[\"D_59621000\",\"D_1\",\"D_2\"]}]"),
            GOOD),
        bad(
            "a patient of unknown codes only",
            0,
            "warning: 1 of 3 codes (33.3%), in 1 patient, not in the model's vocabulary",
            GOOD,
            patient("two", "[{\"codes\":[\"d_59621000\"]}]"),
            patient("x", "[{\"codes\":[\"d_nothing\"]}]")),
        bad(
            "special tokens for codes",
            0,
            "warning: ",
            GOOD,
            patient("x", "[{\"codes\":[\"d_59621000\",\"[UNK]\",\"[SEP]\",\"[PAD]\"]}]")),
        bad(
            "visits without codes",
            0,
            "warning: 2 visits without codes in 1 patient; the model sees nothing of them",
            GOOD,
            patient("x", "[{\"codes\":[]},{\"codes\":[\"d_59621000\"]},{\"codes\":[]}]")),
        bad(
            "a patient without codes",
            0,
            "warning: left out 2: the trajectory is empty: no visit has a code; add",
            GOOD,
            patient("x", "[{\"codes\":[]}]"),
            patient("y", "[]")),
        bad(
            "NaN and text for numbers",
            0,
            "warning: left out 1: \"tabular.bmi\" must be a number, but is the text \"high\"",
            GOOD,
            with("x", "\"tabular\":{\"bmi\":NaN}"),
            with("y", "\"tabular\":{\"bmi\":\"high\"}"),
            with("z", "\"tabular\":{\"bmi\":1e999}")),
        bad(
            "a value beyond float32",
            0,
            "warning: left out 1: ",
            GOOD,
            with("x", "\"tabular\":{\"bmi\":1e300}")),
        bad(
            "missing values",
            0,
            "warning: 13 missing tabular values in 2 patients (\"age\" in every patient, ",
            GOOD,
            with("x", "\"tabular\":{\"bmi\":24.5,\"ldl\":null}")),
        bad(
            "values by other names",
            0,
            "warning: 14 missing tabular values in 2 patients (\"age\" in every patient, ",
            with("x", "\"tabular\":{\"BMI\":24.5,\"weight\":80}"),
            with("y", "\"tabular\":{\"BMI\":25}")),
        bad(
            "lines of other kinds",
            0,
            "warning: left out 1: \"subject_id\" is missing",
            "{",
            GOOD,
            "[1]",
            "{\"visits\":[]}",
            "{\"subject_id\":\"x\"}",
            "{\"subject_id\":\"y\",\"visits\":{}}"),
        bad(
            "values out of range",
            0,
            "warning: left out 1: \"label\" must be a class number from # up, but is -#",
            GOOD,
            with("x", "\"label\":-1"),
            patient("y", "[{\"codes\":[\"d_59621000\"],\"age\":-3}]"),
            patient("z", "[{\"codes\":[\"d_59621000\",\" \"]}]")),
        bad(
            "more tokens than the model takes",
            0,
            "warning: 175 tokens cut in 1 patient too long for the model; the newest were kept",
            GOOD,
            patient("x", "[{\"codes\":[" + codes + "]}]")),
        bad(
            "visits out of order",
            0,
            "warning: 1 visit in 1 patient earlier than a visit before them; the model reads",
            GOOD,
            disordered),
        new Bad(
            "visits out of order, sorted",
            List.of(GOOD, disordered),
            "--sort-visits",
            0,
            "note: the visits of 1 patient sorted by time"),
        new Bad(
            "visits out of order, one without a time",
            List.of(GOOD, patient("x", "[" + late + "," + early + "," + never + "]")),
            "--sort-visits",
            0,
            "warning: left out 1: has no time of ISO # that it could be sorted by; give it one"),
        bad("nobody is left", 2, "COHORT: no patient can be used; left out 2: malformed", "{", "{"),
        bad("blank lines", 2, "COHORT: the cohort is empty; write one patient a line", "", " "),
        bad("nothing", 2, "COHORT: the cohort is empty; write one patient a line"));
  }

  @ParameterizedTest
  @MethodSource("cohorts")
  void bothSayTheSameOfOneCohort(Bad bad) throws IOException {
    Path cohort = Files.write(folder.resolve("cohort.jsonl"), bad.cohort());
    assertSame(bad, cohort);
  }

  @ParameterizedTest
  @MethodSource("files")
  void bothSayTheSameOfOneFile(Bad bad) throws IOException {
    Path cohort = folder.resolve("cohort.jsonl");
    if (!bad.cohort().isEmpty()) {
      Files.writeString(cohort, bad.cohort().get(0) + "\n", StandardCharsets.ISO_8859_1);
    }
    assertSame(bad, cohort);
  }

  static Stream<Bad> files() {
    return Stream.of(
        bad("none", 2, "COHORT: cannot be read: no such file; check the path"),
        bad(
            "no UTF-8",
            0,
            "warning: left out 1: is not valid UTF-",
            GOOD + "\n" + GOOD.replace("d_5", "d_\u00e4")));
  }

  private void assertSame(Bad bad, Path cohort) throws IOException {
    Path alone = folder.resolve("alone.jsonl");
    Path out = folder.resolve("out");
    List<Object> args = new ArrayList<>(List.of("--model", Local.MODEL, "--steps", 2));
    args.addAll(List.of("--method", "ig", "--backend", "simd", "--cohort", cohort));
    if (!bad.flag().isEmpty()) {
      args.add(bad.flag());
    }
    List<Object> ofExplain = new ArrayList<>(List.of("explain", "--skip-invalid", "--out", alone));
    ofExplain.addAll(args);
    args.addAll(List.of("--out", out));

    Commands.Outcome one = Commands.gsig(ofExplain.toArray());
    Commands.Outcome two = Commands.gsigSpark(args.toArray());

    assertThat(one.code()).as(one.said()).isEqualTo(bad.code());
    assertThat(two.code()).as(two.said()).isEqualTo(bad.code());
    List<String> expected = comparable(one, cohort);
    assertThat(expected).anyMatch(line -> line.startsWith("gsig: " + bad.says()));
    assertThat(comparable(two, cohort)).containsExactlyInAnyOrderElementsOf(expected);
    if (bad.code() == 0) {
      assertThat(Local.written(out)).isEqualTo(Files.readAllLines(alone));
    } else {
      assertThat(out).doesNotExist();
      assertThat(alone).doesNotExist();
    }
  }

  /** Without where a patient stands, and how long it took. */
  private static List<String> comparable(Commands.Outcome outcome, Path cohort) {
    return outcome.lines().stream()
        .filter(line -> !line.contains(" explained in "))
        .map(line -> line.replaceFirst(" \\((for example )?[^()]*(line|byte) [^()]*\\)$", ""))
        .map(line -> line.replaceFirst(" \\(for example patient \"[^()]*\"\\)$", ""))
        .map(line -> line.replace(cohort.toString(), "COHORT"))
        .toList();
  }

  /**
   * Of two lines of one subject, {@code explain} leaves out the second, or without {@code
   * --skip-invalid} stops there. On Spark no line is the first, so that both refuse as explain
   * does.
   */
  @ParameterizedTest
  @MethodSource("repeats")
  void aSubjectThatRepeatsEndsBoth(List<String> lines) throws IOException {
    Path cohort = Files.write(folder.resolve("cohort.jsonl"), lines);
    Path out = folder.resolve("out");
    Commands.Outcome one =
        Commands.gsig("explain", "--model", Local.MODEL, "--cohort", cohort, "--out", out);
    Files.deleteIfExists(out);
    Files.deleteIfExists(folder.resolve("out.provenance.json"));
    Commands.Outcome two =
        Commands.gsigSpark("--model", Local.MODEL, "--cohort", cohort, "--out", out);

    assertThat(one.code()).isEqualTo(two.code()).isEqualTo(2);
    assertThat(one.said()).contains("the subject \"good\" is in line 1 already; write one line");
    assertThat(two.said()).contains("subjects occur more than once: \"good\" 2 times; write one");
    assertThat(out).doesNotExist();
  }

  static Stream<List<String>> repeats() {
    return Stream.of(List.of(GOOD, GOOD), List.of(GOOD, with("x", "\"label\":0"), GOOD));
  }
}
