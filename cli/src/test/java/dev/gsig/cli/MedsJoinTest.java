package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From events in MEDS to attributions beside them, by the SQL that docs/pipes.md gives. */
class MedsJoinTest {
  private static final Path GUIDE = Path.of("..", "docs", "pipes.md");
  private static final int PATIENTS = 12;

  /** Known to the demo's model; the same drug in OMOP's and in MIMIC's spelling. */
  private static final List<String> CODES =
      List.of(
          "SNOMED/59621000",
          "SNOMED/162864005",
          "SNOMED/444814009",
          "SNOMED/15777000",
          "RxNorm/314076",
          "MEDICATION//START//313782",
          "MEDICATION//START//313782 "); // as it is there

  @TempDir Path temp;

  /** Visits of three days: codes with parts of a second, at midnight, and twice in a visit. */
  @BeforeEach
  void prepare() throws IOException, SQLException {
    Random random = new Random(5);
    List<String> rows = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int p = 0; p < PATIENTS; p++) {
      rows.add(row(p, "1950-01-01", "MEDS_BIRTH"));
      rows.add("(" + p + ", NULL, 'GENDER//F', NULL)");
      for (int v = 0; v < 3; v++) {
        String month = (2010 + v) + "-0" + (1 + v) + "-";
        rows.add(row(p, month + "01 08:00:00", "HOSPITAL_ADMISSION//URGENT"));
        rows.add(row(p, month + "03 12:00:00", "HOSPITAL_DISCHARGE//HOME"));
        rows.add(row(p, month + "02", CODES.get(v)));
        rows.add(row(p, month + "02 09:00:00", "LAB//50912//mg/dL"));
        for (int e = 0; e < 4; e++) {
          String time =
              String.format(
                  Locale.ROOT, "02 %02d:00:00.%06d", 6 + 4 * e, random.nextInt(1_000_000));
          rows.add(row(p, month + time, CODES.get(random.nextInt(CODES.size()))));
        }
        rows.add(row(p, month + "03 12:00:00", CODES.get(random.nextInt(CODES.size()))));
      }
      labels.add("(" + p + ", TIMESTAMP '2012-03-03 23:59:59', " + (p % 2 == 0) + ")");
      labels.add("(" + p + ", TIMESTAMP '2011-12-31', " + (p % 3 == 0) + ")");
    }
    Files.createDirectories(temp.resolve("meds/data/train"));
    Files.createDirectories(temp.resolve("labels"));
    run(
        "CREATE TABLE e(subject_id BIGINT, time TIMESTAMP, code VARCHAR, numeric_value FLOAT)",
        "INSERT INTO e VALUES " + String.join(", ", rows),
        "COPY e TO '" + temp + "/meds/data/train/0.parquet' (FORMAT parquet)",
        "COPY (SELECT * FROM (VALUES "
            + String.join(", ", labels)
            + ") v(subject_id, prediction_time, boolean_value)) TO '"
            + temp
            + "/labels/0.parquet' (FORMAT parquet)");
  }

  private static String row(int patient, String time, String code) {
    return "(" + patient + ", TIMESTAMP '" + time + "', '" + code + "', NULL)";
  }

  private List<String> run(String... statements) throws SQLException {
    List<String> last = new ArrayList<>();
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      for (String sql : statements) {
        last.clear();
        if (statement.execute(sql)) {
          ResultSet result = statement.getResultSet();
          while (result.next()) {
            last.add(result.getString(1));
          }
        }
      }
    }
    return last;
  }

  /** The first block of SQL in the guide, with the names of these files. */
  private String documented(Path events) throws IOException {
    String guide = Files.readString(GUIDE);
    int start = guide.indexOf("```\nselect e.*") + 4;
    String sql = guide.substring(start, guide.indexOf("```", start)).strip();
    assertThat(sql).contains("'meds/data/**/*.parquet'", "'events.csv'").endsWith(";");
    return sql.substring(0, sql.length() - 1)
        .replace("'meds/", "'" + temp + "/meds/")
        .replace("'events.csv'", "'" + events + "'");
  }

  private Path explained(String... cohortOptions) {
    List<Object> cohort =
        new ArrayList<>(
            List.of("cohort", "meds", "--input", temp.resolve("meds"), "--split", "1,0,0"));
    cohort.addAll(List.of("--labels", temp.resolve("labels"), "--out", temp.resolve("cohort")));
    cohort.addAll(List.of(cohortOptions));
    assertOk(Cli.run(cohort.toArray()));
    Path out = temp.resolve("attributions.jsonl");
    Path model = Path.of("..", "demo", "model");
    Path lines = temp.resolve("cohort/train.jsonl");
    assertOk(Cli.run("explain", "--model", model, "--cohort", lines, "--out", out, "--steps", "2"));
    return out;
  }

  private static void assertOk(Cli.Outcome outcome) {
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"days,csv", "days,parquet", "admissions,csv", "admissions,parquet"})
  void allEventsOfAMedsCohortAreFound(String visits, String format) throws Exception {
    Path events = temp.resolve("events." + format);
    Path results = explained("--visits", visits);
    assertOk(Cli.run("export", "--in", results, "--out", events));
    String from = "'" + events + "'";
    String joined = "(" + documented(events) + ")";

    // each exported event is an event of the data set, and exactly one
    assertThat(
            run(
                "SELECT count(*) FROM "
                    + from
                    + " a WHERE time IS NOT NULL AND (SELECT count(*) FROM read_parquet('"
                    + temp
                    + "/meds/data/**/*.parquet') e WHERE (e.subject_id, e.time, e.code) ="
                    + " (a.subject_id, a.time, a.code)) <> 1"))
        .containsExactly("0");
    String exported = run("SELECT count(*) FROM " + from + " WHERE time IS NOT NULL").get(0);
    assertThat(Integer.parseInt(exported)).isGreaterThan(100);
    assertThat(run("SELECT count(signed) FROM " + joined)).containsExactly(exported);
    assertThat(
            run(
                "SELECT sum(signed) - (SELECT sum(signed) FROM "
                    + from
                    + " WHERE time IS NOT NULL) FROM "
                    + joined))
        .singleElement()
        .satisfies(difference -> assertThat(Double.parseDouble(difference)).isZero());
    // and each event that was seen is found: the first of each code in a visit
    String visit = visits.equals("days") ? "time::DATE" : "year(time)";
    assertThat(
            run(
                "WITH first AS (SELECT subject_id, min(time) AS time FROM read_parquet('"
                    + temp
                    + "/meds/data/**/*.parquet') WHERE regexp_matches(code, '^(SNOMED|RxNorm|MEDI)')"
                    + " GROUP BY subject_id, regexp_extract(code, '[0-9]+'), "
                    + visit
                    + ") SELECT count(*) FROM first JOIN (SELECT DISTINCT subject_id, prediction_time"
                    + " FROM "
                    + from
                    + ") p USING (subject_id) WHERE first.time <= p.prediction_time"))
        .containsExactly(exported);
  }

  /** Shortened codes are written for the model; the events keep their own. */
  @Test
  void shortenedCodesAreFoundToo() throws Exception {
    Path events = temp.resolve("events.csv");
    Path results = explained("--visits", "days", "--drop-version", "--drug-length", "3");
    assertOk(Cli.run("export", "--in", results, "--out", events));

    assertThat(Files.readString(results)).contains("\"code\":\"m_314\"");
    assertThat(run("SELECT count(signed) FROM (" + documented(events) + ")"))
        .isEqualTo(run("SELECT count(*) FROM '" + events + "' WHERE time IS NOT NULL"));
  }
}
