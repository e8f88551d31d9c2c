package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  private static final List<String> COLUMNS =
      List.of(
          "subject_id",
          "time",
          "code",
          "visit",
          "position",
          "known",
          "l2",
          "signed",
          "prediction_time",
          "value",
          "value_start",
          "value_signed");

  @TempDir Path temp;
  private Fixture fixture;
  private Path table;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    assertThat(fixture.explain("--backend", "ejml").code()).isZero();
    table = temp.resolve("events.jsonl");
  }

  private List<JsonObject> rows() {
    return Fixture.lines(table).stream().map(line -> Json.object(line, "row")).toList();
  }

  /** The rows against the results they come from, and against each patient's own sum. */
  @Test
  void everyEventHasARowAndTheRowsAddUp() {
    Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--out", table);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).isEmpty();

    Map<String, List<JsonObject>> rows =
        rows().stream().collect(Collectors.groupingBy(row -> row.string("subject_id")));
    List<JsonObject> results =
        Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();
    assertThat(rows).hasSize(results.size());
    for (JsonObject result : results) {
      List<JsonObject> mine = rows.get(result.string("subject_id"));
      List<JsonObject> events = mine.stream().filter(row -> row.raw("visit") != null).toList();
      assertThat(events)
          .extracting(row -> row.string("code"))
          .containsExactlyElementsOf(
              result.objects("tokens").stream().map(token -> token.string("code")).toList());
      Map<Integer, String> times =
          result.objects("visits").stream()
              .collect(Collectors.toMap(v -> v.integer("visit"), v -> v.string("time")));
      assertThat(events).allMatch(e -> e.string("time").equals(times.get(e.integer("visit"))));
      double sum = mine.stream().mapToDouble(row -> row.number("signed")).sum();
      double gap = sum - (result.number("score") - result.number("baseline_score"));
      assertThat(Math.abs(gap)).isCloseTo(result.number("completeness_gap"), within(1e-9));
      assertThat(events.stream().mapToDouble(row -> row.number("l2")).sum())
          .isCloseTo(result.number("l21"), within(1e-9));
      assertThat(mine.get(0).raw("time")).isNull();
      assertThat(mine.get(0).string("code")).startsWith("GSIG//TABULAR//");
    }
    assertThat(rows().get(0).keys()).containsExactlyElementsOf(COLUMNS);
  }

  @Test
  void subjectsThatMedsCannotHaveAreToldOf() {
    assertThat(Cli.run("export", "--in", fixture.out, "--out", table).err())
        .contains("warning: the subject_id of 3 patients is no whole number")
        .contains("rows of 3 patients in ");

    Fixture.write(fixture.out, Fixture.read(fixture.out).replaceAll("\"p([0-9])\"", "\"10$1\""));
    Cli.Outcome numbers = Cli.run("export", "--in", fixture.out, "--out", table);
    assertThat(numbers.err()).doesNotContain("warning");
    assertThat(rows().get(0).integer("subject_id")).isEqualTo(100);
  }

  @Test
  void csvIsQuotedWhereItMustBe() {
    Fixture.write(
        fixture.out,
        """
        {"subject_id":"7","visits":[{"visit":2,"time":"2031-05-06T10:00:00"}],"tabular":[],
         "special_tokens":{"l2":0.5,"signed":-0.25},
         "tokens":[{"position":1,"code":"a,\\"b\\"","visit":2,"known":false,"l2":1.5,"signed":1.25,
          "value":4.1,"value_start":1.0,"value_signed":0.75}]}
        """
            .replaceAll("\n ", "")
            .strip());
    Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--out", "-");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .isEqualTo(
            """
            subject_id,time,code,visit,position,known,l2,signed,prediction_time,value,value_start,value_signed
            7,,GSIG//SPECIAL_TOKENS,,,,0.5,-0.25,,,,
            7,2031-05-06T10:00:00,"a,""b""\",2,1,false,1.5,1.25,,4.1,1.0,0.75
            """);
    assertThat(outcome.err()).isEqualTo("gsig: 2 rows of 1 patient in standard output\n");
  }

  @Test
  void thePipeFromExplainGoesOn() {
    Cli.run("export", "--in", fixture.out, "--out", table);
    Cli.Outcome piped =
        Cli.pipe(
            Fixture.read(fixture.out), "export", "--in", "-", "--out", "-", "--format", "jsonl");

    assertThat(piped.code()).as(piped.err()).isZero();
    assertThat(piped.out()).isEqualTo(Fixture.read(table));
  }

  /** All formats have the same rows: DuckDB reads Parquet and compares it with JSON Lines. */
  @Test
  void parquetHasTheSameRows() throws SQLException {
    Fixture.write(fixture.out, Fixture.read(fixture.out).replaceAll("\"p([0-9])\"", "\"10$1\""));
    Path parquet = temp.resolve("events.parquet");
    assertThat(Cli.run("export", "--in", fixture.out, "--out", table).code()).isZero();
    Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--out", parquet);
    assertThat(outcome.code()).as(outcome.err()).isZero();

    String text = "read_json('" + table + "', format = 'newline_delimited')";
    assertThat(count("from '" + parquet + "'")).isEqualTo(rows().size());
    assertThat(count("from (from '" + parquet + "' except all from " + text + ")")).isZero();
    assertThat(count("from (from " + text + " except all from '" + parquet + "')")).isZero();
    assertThat(count("from (describe from '" + parquet + "') where column_type = 'TIMESTAMP'"))
        .isEqualTo(2);
  }

  private static long count(String from) throws SQLException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery("select count(*) " + from)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** One that is no number makes all of them text, wherever in the file it is. */
  @Test
  void subjectsThatAreNoNumbersAreTextInParquet() throws SQLException {
    Path parquet = temp.resolve("events.parquet");
    String results = Fixture.read(fixture.out);
    for (String last : List.of("7c9e6679-7425-40de-944b-e07fc1f90ae7", "007", "1e3")) {
      Fixture.write(
          fixture.out,
          results
              .replace("\"p0\"", "\"12\"")
              .replace("\"p1\"", "\"13\"")
              .replace("\"p2\"", "\"" + last + "\""));
      Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--out", parquet);

      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(outcome.err()).contains("is no whole number, which MEDS wants");
      String from = "from (from '" + parquet + "') where subject_id = '";
      assertThat(count(from + last + "' and typeof(subject_id) = 'VARCHAR'")).isPositive();
      assertThat(count(from + "12'")).isPositive();
    }
  }

  /** From a pipe the first patient decides; a later one that does not fit is refused, not cast. */
  @Test
  void aPipeIntoParquetNeedsSubjectsOfOneKind() {
    Path parquet = temp.resolve("events.parquet");
    String text = Fixture.read(fixture.out);
    assertThat(Cli.pipe(text, "export", "--in", "-", "--out", parquet).code()).isZero();
    Cli.Outcome outcome =
        Cli.pipe(text.replaceFirst("\"p0\"", "\"10\""), "export", "--in", "-", "--out", parquet);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("line 2: the subject_id \"p1\" is no whole number");
  }

  /**
   * All numbers of 64 bits are MEDS's, and the name of a line with a label is not the subject's.
   */
  @Test
  void theSubjectOfALineIsToldFromItsPredictionTime() {
    Fixture.write(
        fixture.out,
        Fixture.read(fixture.out)
            .replace("\"p0\"", "\"9223372036854775807\"")
            .replace("\"p1\"", "\"-17@2150-01-02T03:04:05\"")
            .replace("\"p2\"", "\"18\""));
    Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--out", table);

    assertThat(outcome.err()).doesNotContain("warning");
    assertThat(rows()).extracting(row -> row.raw("subject_id")).contains(Long.MAX_VALUE, -17L, 18L);
    assertThat(rows())
        .allMatch(
            row ->
                Objects.equals(
                    row.raw("prediction_time"),
                    row.raw("subject_id").equals(-17L) ? "2150-01-02T03:04:05" : null));
  }

  @Test
  void theSourcesOwnEventIsExportedWhereItIsTold() {
    Fixture.write(
        fixture.out,
        """
        {"subject_id":"7","visits":[{"visit":0,"time":"2031-05-06T00:00:00"}],"tabular":[],\
        "special_tokens":{"l2":0.5,"signed":-0.25},\
        "tokens":[{"position":1,"code":"d10_I10","visit":0,"l2":1.5,"signed":1.25,\
        "event":{"time":"2031-05-06T09:08:07.000001","code":"ICD10CM/I10"}},\
        {"position":2,"code":"d10_I10","visit":0,"l2":1.5,"signed":1.25}]}
        """);
    Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--out", "-");

    assertThat(outcome.out())
        .contains("\n7,2031-05-06T09:08:07.000001,ICD10CM/I10,0,1,,1.5,1.25,,,,\n")
        .contains("\n7,2031-05-06T00:00:00,d10_I10,0,2,,1.5,1.25,,,,\n");
  }

  @Test
  void patientsAreRowsWhereAskedFor() {
    Cli.Outcome outcome =
        Cli.run("export", "--in", fixture.out, "--out", table, "--rows", "patients");

    assertThat(outcome.err()).doesNotContain("warning");
    List<JsonObject> results =
        Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();
    assertThat(rows()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      JsonObject row = rows().get(i);
      for (String key :
          List.of(
              "subject_id",
              "score",
              "baseline_probability",
              "explained_probability",
              "baseline",
              "steps",
              "theta",
              "l21",
              "completeness_gap",
              "unknown_codes",
              "truncated_tokens",
              "missing_tabular",
              "empty_visits",
              "disordered_visits",
              "rounded_ages")) {
        assertThat(row.raw(key)).isEqualTo(results.get(i).raw(key));
      }
      assertThat(row.raw("missing_tabular")).isNotNull();
      assertThat(row.raw("logit")).isEqualTo(results.get(i).object("prediction").raw("logit"));
    }
  }

  /** Nothing of a result is lost: its lists come back from the three tables of its parts. */
  @Test
  void thePartsOfAPatientAreRowsWhereAskedFor() {
    assertThat(
            fixture
                .explain("--backend", "ejml", "--method", "bounded-measure", "--overwrite")
                .code())
        .isZero();
    List<JsonObject> results =
        Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();

    assertThat(exported("visits", List.of("visit", "time", "l2", "signed")))
        .isEqualTo(parts(results, result -> result.objects("visits")));
    assertThat(exported("thetas", List.of("theta", "kind", "l21", "completeness_gap")))
        .isEqualTo(parts(results, result -> result.objects("theta_curve")));
    Map<String, List<Map<String, Object>>> nodes = exported("measure", List.of("alpha", "weight"));
    for (JsonObject result : results) {
      List<Map<String, Object>> mine = nodes.get(result.string("subject_id"));
      assertThat(mine.stream().map(node -> node.get("alpha")).toList())
          .isEqualTo(result.object("measure").raw("alphas"));
      assertThat(mine.stream().map(node -> node.get("weight")).toList())
          .isEqualTo(result.object("measure").raw("weights"));
    }
  }

  @Test
  void changedRecordsAsTheResultsTellThem() {
    assertThat(fixture.explain("--what-if", 2, "--method", "gsig,ig", "--overwrite").code())
        .isZero();
    List<JsonObject> results =
        Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();
    List<String> numbers =
        List.of(
            "occurrences",
            "score",
            "probability",
            "score_change",
            "log_odds_change",
            "attributed",
            "difference");
    List<String> columns = new ArrayList<>(List.of("without", "with", "value"));
    columns.addAll(numbers);

    Map<String, List<Map<String, Object>>> exported = exported("what-if", columns);

    for (JsonObject result : results) {
      List<JsonObject> answers = result.objects("what_if");
      List<Map<String, Object>> mine = exported.get(result.string("subject_id"));
      assertThat(mine).hasSize(answers.size()).hasSizeGreaterThanOrEqualTo(2);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(mine.get(i).get("without"))
            .isEqualTo(String.join(",", answers.get(i).strings("without")));
        assertThat(mine.get(i)).containsEntry("with", null).containsEntry("value", null);
        assertThat(mine.get(i)).containsAllEntriesOf(values(answers.get(i), numbers));
      }
    }
    Cli.Outcome other =
        Cli.run(
            "export", "--in", fixture.out, "--out", table, "--rows", "what-if", "--method", "ig");
    assertThat(other.code()).as(other.err()).isZero();
    assertThat(rows().get(0).number("attributed"))
        .isEqualTo(
            results
                .get(0)
                .objects("readings")
                .get(0)
                .objects("what_if")
                .get(0)
                .number("attributed"));
  }

  @Test
  void resultsThatWereNotAskedWhatIfAreRefused() {
    Cli.assertRefused(
        Cli.run("export", "--in", fixture.out, "--out", table, "--rows", "what-if"),
        fixture.out + ": holds no what-if; ask with --what-if N");
    assertThat(Files.exists(table)).isFalse();
  }

  @Test
  void classesOfAModelOfSeveral() {
    fixture = Fixture.withBaseline("multi-class-named", temp.resolve("classes"));
    assertThat(fixture.explain().code()).isZero();
    List<JsonObject> results =
        Fixture.lines(fixture.out).stream().map(line -> Json.object(line, "result")).toList();
    Map<String, List<Map<String, Object>>> exported =
        exported("labels", List.of("label", "name", "probability"));
    for (JsonObject result : results) {
      List<Map<String, Object>> mine = exported.get(result.string("subject_id"));
      assertThat(mine).extracting(row -> row.get("name")).containsExactly("home", "ward", "icu");
      assertThat(mine)
          .extracting(row -> row.get("probability"))
          .isEqualTo(
              result.object("prediction").objects("classes").stream()
                  .map(each -> (Object) each.number("probability"))
                  .toList());
    }
  }

  @Test
  void aMethodWithoutMeasureHasNoRowsOfIt() {
    assertThat(exported("measure", List.of())).isEmpty();
  }

  /** The table by patient, the named columns of each row, which must be all but the patient's. */
  private Map<String, List<Map<String, Object>>> exported(String rows, List<String> columns) {
    Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--out", table, "--rows", rows);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return rows().stream()
        .peek(row -> assertThat(row.keys()).hasSize(1 + columns.size()))
        .collect(
            Collectors.groupingBy(
                row -> row.string("subject_id"),
                Collectors.mapping(row -> values(row, columns), Collectors.toList())));
  }

  private static Map<String, List<Map<String, Object>>> parts(
      List<JsonObject> results, Function<JsonObject, List<JsonObject>> parts) {
    return results.stream()
        .collect(
            Collectors.toMap(
                result -> result.string("subject_id"),
                result ->
                    parts.apply(result).stream()
                        .map(part -> values(part, List.copyOf(part.keys())))
                        .toList()));
  }

  private static Map<String, Object> values(JsonObject row, List<String> keys) {
    Map<String, Object> values = new HashMap<>();
    keys.forEach(key -> values.put(key, row.raw(key)));
    return values;
  }

  @Test
  void whatIsNoResultStopsAndLeavesTheOldTable() throws IOException {
    Fixture.write(table, "precious\n");
    assertRefused("exists and is no table of gsig", fixture.out, table);
    assertThat(table).hasContent("precious");
    Files.delete(table);
    assertThat(Cli.run("export", "--in", fixture.out, "--out", table).code()).isZero();
    String whole = Fixture.read(table);
    Fixture.write(fixture.out, Fixture.read(fixture.out) + "{\"subject_id\":\"p9\"}\n");
    assertRefused("out.jsonl, line 4: ", fixture.out, table);
    Fixture.write(fixture.out, "\n");
    assertRefused("out.jsonl: holds no results", fixture.out, table);
    assertRefused("is also an input", table, table);
    assertThat(table).hasContent(whole);
  }

  private static void assertRefused(String message, Path in, Path out) {
    Cli.Outcome outcome = Cli.run("export", "--in", in, "--out", out);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines()).singleElement().asString().contains(message);
  }

  @Test
  void theNameSaysWhatIsWrittenAndUnknownNamesAreRefused() throws IOException {
    for (String name : List.of("t.CSV", "t.csv.gz", "t.jsonl", "t.JSONL.gz", "t.parquet")) {
      Path out = temp.resolve(name);
      for (int again = 0; again < 2; again++) {
        Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--out", out);
        assertThat(outcome.code()).as(outcome.err()).isZero();
      }
      byte[] start = Arrays.copyOf(Files.readAllBytes(out), 2);
      assertThat(new String(start, StandardCharsets.ISO_8859_1))
          .isEqualTo(
              name.endsWith(".gz")
                  ? "\u001f\u008b"
                  : name.endsWith("parquet") ? "PA" : name.endsWith("jsonl") ? "{\"" : "su");
    }
    for (String name : List.of("thesis.tex", "table", "t.csv.zip", "t.xlsx", "t.gz")) {
      Path out = temp.resolve(name);
      assertRefused(name + ": ends in none of .csv, .jsonl and .parquet", fixture.out, out);
      assertThat(out).doesNotExist();
    }
    assertRefused("Parquet is packed inside", fixture.out, temp.resolve("t.parquet.gz"));
    Path named = temp.resolve("table.txt");
    assertThat(Cli.run("export", "--in", fixture.out, "--out", named, "--format", "jsonl").code())
        .isZero();
    assertThat(Fixture.read(named)).startsWith("{\"");
  }

  /** A spreadsheet would run these; DuckDB reads them as they were once the apostrophe is gone. */
  @Test
  void noSpreadsheetRunsACell() throws SQLException {
    List<String> codes =
        List.of("=1+2", "+1", "-x", "@SUM(A1)", "\ttab", "'=1", "''-1", "d_5", "'quoted'", "a-b");
    String text = Fixture.read(fixture.out);
    String first = text.substring(0, text.indexOf('\n'));
    StringBuilder results = new StringBuilder();
    for (int i = 0; i < codes.size(); i++) {
      String code = Json.quote(codes.get(i));
      results.append(
          first
              .replaceFirst("\"subject_id\":\"[^\"]*\"", "\"subject_id\":\"-" + i + "\"")
              .replaceAll(
                  "(\"position\":[0-9]+,\"code\":)\"[^\"]*\"",
                  "$1" + Matcher.quoteReplacement(code)));
      results.append('\n');
    }
    Fixture.write(fixture.out, results.toString());
    Path csv = temp.resolve("events.csv");
    assertThat(Cli.run("export", "--in", fixture.out, "--out", csv).code()).isZero();

    assertThat(Fixture.read(csv)).doesNotContainPattern("(?m)(^|,)\"?[=+@\\t]");
    assertThat(Fixture.read(csv)).contains(",\"'-x\",");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select distinct regexp_replace(code, '^''(''*[=+@\\t\\r\\n-])', '\\1')"
                    + " from read_csv('"
                    + csv
                    + "', all_varchar = true) where code not like 'GSIG//%'")) {
      List<String> read = new ArrayList<>();
      while (rows.next()) {
        read.add(rows.getString(1));
      }
      assertThat(read).containsExactlyInAnyOrderElementsOf(codes);
    }
  }
}
