package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attributions as a data set in MEDS, held to its schema (Medical Event Data Standard 0.4, {@code
 * DataSchema}, {@code CodeMetadataSchema}, {@code DatasetMetadataSchema}).
 */
class MedsExportTest {
  private static final int PATIENTS = 6;

  @TempDir Path temp;
  private Path results;
  private Path dataset;

  @BeforeEach
  void prepare() throws IOException {
    List<String> rows = new ArrayList<>(List.of("subject_id,time,code,numeric_value"));
    List<String> labels = new ArrayList<>(List.of("subject_id,prediction_time,boolean_value"));
    for (int p = 0; p < PATIENTS; p++) {
      rows.add(p + ",1950-01-01,MEDS_BIRTH,");
      for (int v = 0; v < 3; v++) {
        String day = (2010 + v) + "-0" + (1 + p) + "-02";
        rows.add(p + "," + day + " 09:30:00.25,SNOMED/59621000,");
        rows.add(p + "," + day + ",RxNorm/314076,");
      }
      labels.add(p + ",2012-12-31," + p % 2);
      labels.add(p + ",2011-12-31," + p % 2);
    }
    Files.createDirectories(temp.resolve("meds"));
    Files.write(temp.resolve("meds/events.csv"), rows);
    Files.write(temp.resolve("labels.csv"), labels);
    ok(
        "cohort",
        "meds",
        "--input",
        temp.resolve("meds"),
        "--visits",
        "days",
        "--split",
        "1,0,0",
        "--labels",
        temp.resolve("labels.csv"),
        "--out",
        temp.resolve("cohort"));
    results = temp.resolve("results.jsonl");
    ok(
        "explain",
        "--model",
        Path.of("..", "demo", "model"),
        "--cohort",
        temp.resolve("cohort/train.jsonl"),
        "--method",
        "ig,gsig",
        "--out",
        results);
    dataset = temp.resolve("dataset");
  }

  private static Cli.Outcome ok(Object... command) {
    Cli.Outcome outcome = Cli.run(command);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  private static List<String> query(String sql) throws SQLException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(String.join(" ", row));
      }
      return rows;
    }
  }

  private String from(String file) {
    return "read_parquet('" + dataset.resolve(file) + "')";
  }

  /** Names and types as the standard has them; what else there is, {@code dataset.json} says. */
  @Test
  void theSchemaIsThatOfTheStandard() throws SQLException {
    ok("export", "--in", results, "--meds", dataset);

    List<String> data =
        query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + data() + ")");
    assertThat(data)
        .startsWith("subject_id BIGINT", "time TIMESTAMP", "code VARCHAR", "numeric_value FLOAT");
    assertThat(
            query(
                "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "
                    + from("metadata/codes.parquet")
                    + ")"))
        .containsExactly("code VARCHAR", "description VARCHAR", "parent_codes VARCHAR[]");
    JsonObject told = Json.read(dataset.resolve("metadata/dataset.json"));
    assertThat(told.string("meds_version")).isEqualTo("0.4.1");
    assertThat(told.strings("other_extension_columns"))
        .isEqualTo(data.stream().skip(4).map(c -> c.split(" ")[0]).toList());
    assertThat(
            query("SELECT count(*) FROM " + data() + " WHERE subject_id IS NULL OR code IS NULL"))
        .containsExactly("0");
  }

  private String data() {
    return from("data/attributions.parquet");
  }

  /** A subject's events are together, those without a time first, the others in order. */
  @Test
  void eventsAreInTheOrderOfTheStandard() throws SQLException {
    ok("export", "--in", results, "--meds", dataset);

    String numbered =
        "(SELECT *, row_number() OVER () AS n FROM "
            + data().replace(")", ", file_row_number = true)")
            + ")";
    assertThat(
            query(
                "SELECT count(*) FROM (SELECT subject_id AS s, time AS t, lag(subject_id) OVER w AS"
                    + " ps, lag(time) OVER w AS pt FROM "
                    + numbered
                    + " WINDOW w AS (ORDER BY file_row_number)) WHERE s = ps AND (pt > t OR (t IS"
                    + " NULL AND pt IS NOT NULL))"))
        .containsExactly("0");
    assertThat(
            query(
                "SELECT max(file_row_number) - min(file_row_number) + 1 - count(*) FROM "
                    + numbered
                    + " GROUP BY subject_id"))
        .hasSize(PATIENTS)
        .containsOnly("0");
  }

  @Test
  void everyCodeIsDescribedAndItsParentIsTheEventsOwn() throws SQLException {
    ok("export", "--in", results, "--meds", dataset);

    assertThat(
            query(
                "SELECT count(*) FROM "
                    + data()
                    + " d ANTI JOIN "
                    + from("metadata/codes.parquet")
                    + " c ON d.code = c.code AND c.description IS NOT NULL"))
        .containsExactly("0");
    assertThat(
            query(
                "SELECT code, parent_codes[1] FROM "
                    + from("metadata/codes.parquet")
                    + " WHERE parent_codes IS NOT NULL ORDER BY code"))
        .containsExactly(
            "GSIG//SIGNED//RxNorm/314076 RxNorm/314076",
            "GSIG//SIGNED//SNOMED/59621000 SNOMED/59621000");
  }

  /** What is attributed adds up to what is to be explained, and is the results' to the bit. */
  @Test
  void theNumbersAreThoseOfTheResults() throws SQLException {
    ok("export", "--in", results, "--meds", dataset, "--method", "gsig");

    List<JsonObject> lines =
        Fixture.lines(results).stream()
            .map(line -> ResultReadings.ledBy(Json.object(line, "result"), "gsig"))
            .toList();
    for (JsonObject line : lines) {
      String subject = line.string("subject_id").replaceFirst("@.*", "");
      String time = line.string("subject_id").replaceFirst(".*@", "");
      List<String> signed =
          query(
              "SELECT sum(numeric_value_64) FROM "
                  + data()
                  + " WHERE code LIKE 'GSIG//SIGNED//%' AND subject_id = "
                  + subject
                  + " AND prediction_time = TIMESTAMP '"
                  + time
                  + "'");
      double sum =
          line.objects("tokens").stream().mapToDouble(t -> t.number("signed")).sum()
              + line.objects("tabular").stream().mapToDouble(t -> t.number("signed")).sum()
              + line.object("special_tokens").number("signed");
      assertThat(Double.parseDouble(signed.get(0))).isCloseTo(sum, within(1e-12));
      assertThat(
              query(
                  "SELECT code, numeric_value_64 FROM "
                      + data()
                      + " WHERE code IN ('GSIG//SCORE', 'GSIG//PROBABILITY') AND subject_id = "
                      + subject
                      + " AND time = TIMESTAMP '"
                      + time
                      + "' ORDER BY code"))
          .containsExactly(
              "GSIG//PROBABILITY " + line.number("explained_probability"),
              "GSIG//SCORE " + line.number("score"));
    }
    assertThat(lines).hasSize(2 * PATIENTS);
  }

  /** Each event's time is that of the event it is of, to the microsecond. */
  @Test
  void timesAreThoseOfTheEvents() throws SQLException {
    ok("export", "--in", results, "--meds", dataset);

    assertThat(
            query(
                "SELECT DISTINCT strftime(time, '%H:%M:%S.%f') FROM "
                    + data()
                    + " WHERE code = 'GSIG//SIGNED//SNOMED/59621000'"))
        .containsExactly("09:30:00.250000");
  }

  /** It is a data set that gsig reads, with its descriptions. */
  @Test
  void itIsReadAgain() {
    ok("export", "--in", results, "--meds", dataset);
    Cli.Outcome outcome =
        Cli.run(
            "cohort",
            "meds",
            "--input",
            dataset,
            "--visits",
            "days",
            "--values",
            "--split",
            "1,0,0",
            "--labels",
            temp.resolve("labels.csv"),
            "--out",
            temp.resolve("again"));

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Json.read(temp.resolve("again/descriptions.json")).toMap())
        .containsEntry(
            "l_GSIG//SIGNED//SNOMED/59621000", "What SNOMED/59621000 adds to the score, by ig");
  }

  @Test
  void whatOthersWroteStays() throws IOException {
    Files.createDirectories(dataset.resolve("data"));
    Files.writeString(dataset.resolve("data/0.parquet"), "events of others");

    Cli.Outcome outcome = Cli.run("export", "--in", results, "--meds", dataset);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("0.parquet: exists and is no part of a data set of gsig");
    try (var files = Files.walk(dataset)) {
      assertThat(files.filter(Files::isRegularFile).collect(Collectors.toList())).hasSize(1);
    }
  }

  @Test
  void subjectsThatMedsCannotNameAreRefused() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    assertThat(fixture.explain("--backend", "ejml").code()).isZero();

    Cli.Outcome outcome = Cli.run("export", "--in", fixture.out, "--meds", dataset);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("is no whole number, which MEDS needs");
    assertThat(dataset).doesNotExist();
  }

  @Test
  void aSubjectsResultsAreTogether() throws IOException {
    List<String> lines = Files.readAllLines(results);
    lines.add(lines.remove(0));
    Files.write(results, lines);

    Cli.Outcome outcome = Cli.run("export", "--in", results, "--meds", dataset);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("comes again behind others");
  }

  @Test
  void aTableAndADataSetAreNotBothWritten() {
    Cli.Outcome both =
        Cli.run("export", "--in", results, "--meds", dataset, "--out", temp.resolve("t.csv"));
    Cli.Outcome neither = Cli.run("export", "--in", results);
    Cli.Outcome rows = Cli.run("export", "--in", results, "--meds", dataset, "--rows", "patients");

    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("name the table with --out=FILE").contains("not both");
    assertThat(neither.code()).isEqualTo(2);
    assertThat(neither.err()).contains("name the table with --out=FILE");
    assertThat(rows.err()).contains("--rows is for tables of --out; leave it out");
  }
}
