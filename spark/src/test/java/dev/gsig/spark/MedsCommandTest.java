package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.cohort.MedsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One folder of MEDS for {@code gsig cohort meds}, and for {@code gsig-spark --format meds}. */
class MedsCommandTest {
  private static final List<String> CODES =
      List.of("SNOMED/59621000", "SNOMED/162864005", "SNOMED/444814009", "RxNorm/314076");

  @TempDir private Path folder;
  private Path meds;

  /** Six subjects with a stay of three days, and a code that is recorded after it. */
  @BeforeEach
  void write() throws IOException {
    List<String> events = new ArrayList<>();
    for (int p = 1; p <= 6; p++) {
      events.add(event(p, "1950-01-0" + p, "MEDS_BIRTH"));
      events.add("(" + p + ", NULL, 'GENDER//F', NULL)");
      events.add(event(p, "2030-01-01 08:00:00", "HOSPITAL_ADMISSION//URGENT"));
      for (int day = 1; day <= 3; day++) {
        String code = CODES.get((p + day) % CODES.size());
        events.add(event(p, "2030-01-0" + day + " 09:00:00", code));
      }
      events.add(event(p, "2030-01-03 12:00:00", "HOSPITAL_DISCHARGE//HOME"));
      events.add("(" + p + ", TIMESTAMP_NTZ '2030-01-02 10:00:00', 'BMI//kg', " + (20 + p) + ")");
      events.add(event(p, "2030-01-05 07:00:00", CODES.get(p % CODES.size())));
    }
    meds = folder.resolve("meds");
    try (SparkSession spark = Local.session("local[1]")) {
      spark
          .sql(
              "SELECT * FROM VALUES "
                  + String.join(", ", events)
                  + " AS e(subject_id, time, code, numeric_value)")
          .write()
          .parquet(meds.resolve("data").toString());
    }
  }

  /** Each subject at the end of their last visit, where Spark's trajectories end. */
  private Path labels(String options) throws IOException {
    String end = options.contains("days") ? "2030-01-05 23:59:59" : "2030-01-03 12:00:00";
    List<String> lines = new ArrayList<>(List.of("subject_id,prediction_time,boolean_value"));
    for (int p = 1; p <= 6; p++) {
      lines.add(p + "," + end + "," + (p % 2 == 0));
    }
    return Files.write(folder.resolve("labels.csv"), lines);
  }

  private static String event(int subject, String time, String code) {
    return "(" + subject + ", TIMESTAMP_NTZ '" + time + "', '" + code + "', NULL)";
  }

  private static List<String> words(String options) {
    return Stream.of(options.split(" ")).filter(text -> !text.isEmpty()).toList();
  }

  /** Equal options and defaults give equal lines: nothing but the order of subjects differs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--visits admissions",
        "--visits days",
        "--tabular bmi=BMI",
        "--visits days --tabular bmi=BMI --code-length 5 --drug-length 4 --drop-version"
      })
  void sameOptionsMakeTheSameLines(String options) throws IOException {
    Path made = folder.resolve("made");
    List<Object> cohort = new ArrayList<>(List.of("cohort", "meds", "--input", meds));
    cohort.addAll(List.of("--labels", labels(options), "--split", "1,0,0", "--out", made));
    cohort.addAll(words(options));
    Commands.gsig(cohort.toArray()).ok();
    Path alone = folder.resolve("alone.jsonl");
    Path out = folder.resolve("out");
    List<Object> explain = new ArrayList<>(List.of("--model", Local.MODEL, "--steps", 2));
    explain.addAll(List.of("--method", "ig", "--backend", "simd"));
    List<Object> ofCohort = new ArrayList<>(List.of("explain"));
    ofCohort.addAll(explain);
    ofCohort.addAll(List.of("--cohort", made.resolve("train.jsonl"), "--out", alone));
    List<Object> ofEvents = new ArrayList<>(explain);
    ofEvents.addAll(List.of("--cohort", meds, "--format", "meds", "--out", out));
    ofEvents.addAll(words(options));

    Commands.Outcome one = Commands.gsig(ofCohort.toArray());
    Commands.Outcome two = Commands.gsigSpark(ofEvents.toArray());

    assertThat(two.code()).as(one.said() + two.said()).isEqualTo(one.code());
    if (one.code() == 0) {
      assertThat(Local.written(out)).hasSize(6);
      assertThat(Local.written(out)).containsExactlyInAnyOrderElementsOf(Files.readAllLines(alone));
    } else {
      assertThat(one.said()).contains("are not in the model's vocabulary");
      assertThat(two.said()).contains("are not in the model's vocabulary");
    }
    assertThat(two.said().contains("a visit is a hospital stay; --visits days makes it a day"))
        .as("what was not asked for is said")
        .isEqualTo(!options.contains("--visits"));
  }

  @Test
  void whoHasNoStaysIsToldOfDays() throws IOException {
    Path out = folder.resolve("out");
    Path without = folder.resolve("without");
    try (SparkSession spark = Local.session("local[1]")) {
      spark
          .read()
          .parquet(meds.toString() + "/data")
          .where("code NOT LIKE 'HOSPITAL%'")
          .write()
          .parquet(without.toString());
    }

    Commands.Outcome outcome =
        Commands.gsigSpark(
            "--model", Local.MODEL, "--cohort", without, "--format", "meds", "--out", out);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.said())
        .contains(
            ": no patient can be used; left out 6: the trajectory is empty: no visit has a code")
        .contains("; where there are no hospital stays, --visits days makes visits of days");
    assertThat(out).doesNotExist();
  }

  /** As DuckDB and pandas write them; Spark reads times in microseconds only. */
  @Test
  void timesInNanosecondsAreRefusedWithTheWayOut() throws Exception {
    Path events = folder.resolve("nanoseconds.parquet");
    Path out = folder.resolve("out");
    Object[] explain = {
      "--model",
      Local.MODEL,
      "--cohort",
      events,
      "--format",
      "meds",
      "--visits",
      "days",
      "--out",
      out
    };
    for (String type : List.of("TIMESTAMP_NS", "TIMESTAMP")) {
      try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = duck.createStatement()) {
        statement.execute(
            "COPY (SELECT 1 AS subject_id, CAST('2030-01-01 08:00:00' AS "
                + type
                + ") AS time, 'SNOMED/59621000' AS code) TO '"
                + events
                + "' (FORMAT parquet)");
      }

      Commands.Outcome outcome = Commands.gsigSpark(explain);

      if (type.equals("TIMESTAMP")) {
        outcome.ok();
      } else {
        assertThat(outcome.code()).as(outcome.said()).isEqualTo(2);
        assertThat(outcome.lines())
            .singleElement()
            .asString()
            .startsWith("gsig: " + events + ": cannot be read as Parquet: ")
            .contains("TIMESTAMP(NANOS")
            .endsWith(
                "; Spark reads no times in nanoseconds: write them in microseconds, as MEDS has"
                    + " them");
        assertThat(out).doesNotExist();
      }
    }
  }

  @Test
  void programsHaveTheDefaultOfTheCommands() {
    assertThat(MedsOptions.DEFAULT.visits().label()).isEqualTo("admissions");
  }
}
