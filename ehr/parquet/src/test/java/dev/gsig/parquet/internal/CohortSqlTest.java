package dev.gsig.parquet.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.ehr.cohort.CodePatterns;
import dev.gsig.ehr.cohort.Coding;
import dev.gsig.ehr.cohort.CohortBuilder;
import dev.gsig.ehr.cohort.CohortSettings;
import dev.gsig.ehr.cohort.Drugs;
import dev.gsig.ehr.cohort.FirstDiagnosis;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.cohort.MedsSource;
import dev.gsig.ehr.cohort.MimicSource;
import dev.gsig.ehr.cohort.Mortality;
import dev.gsig.ehr.cohort.Records;
import dev.gsig.ehr.cohort.Source;
import dev.gsig.ehr.cohort.Split;
import dev.gsig.ehr.cohort.SyntheaSource;
import dev.gsig.ehr.cohort.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every line, visit, code and tabular value of a cohort against {@link CohortSql}. */
class CohortSqlTest {
  static final Path DATA = Path.of("..", "..", "..", "shared", "data");
  private static final List<Measurement> BMI = Measurement.parse("bmi=39156-5");
  private static final String ICD =
      "code LIKE 'd9\\_428%' ESCAPE '\\' OR code LIKE 'd10\\_I50%' ESCAPE '\\'";
  private static final String SNOMED = "code IN ('d_88805009', 'd_84114007')";

  @TempDir Path temp;

  /** A source, read once for both tasks. */
  private final class Cohorts {
    private final Sql sql;
    private final Source source;
    private final Records records;

    Cohorts(Sql sql, Source source) {
      this.sql = sql;
      this.source = source;
      this.records = source.read(Source.Watcher.NONE);
    }

    void firstDiagnosis(String target, int minVisits) {
      CohortSql.firstDiagnosis(sql, target, minVisits);
      CodePatterns codes = CodePatterns.parse(source.heartFailure());
      assertSame(new FirstDiagnosis("heart-failure", codes, minVisits));
    }

    void mortality(int days, int minVisits) {
      CohortSql.mortality(sql, days, minVisits);
      assertSame(new Mortality(days, minVisits, Mortality.Index.LAST, 1));
    }

    private void assertSame(Task task) {
      Path out = temp.resolve("cohort");
      Split.Fractions parts = new Split.Fractions(0.6, 0.2, 0.2);
      CohortSettings settings =
          new CohortSettings(Coding.WHOLE, measurements(source), 0, parts, 1, 1);
      CohortBuilder.write(source, records, task, settings, out, Source.Watcher.NONE);
      CohortSql.assertSame(sql, out);
      assertThat(sql.number("SELECT count(*) FROM lines WHERE label = 1")).isPositive();
      assertThat(sql.number("SELECT count(*) FROM lines WHERE label = 0")).isPositive();
    }
  }

  private static List<Measurement> measurements(Source source) {
    return source instanceof SyntheaSource ? BMI : List.of();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,3"})
  void madeUpMimic(long seed, int minVisits) throws IOException {
    Path tables = Files.createDirectory(temp.resolve("hosp"));
    HospitalTables.mimic(tables, seed, 300);
    try (Sql sql = new Sql()) {
      CohortSql.mimic(sql, tables, ".csv");
      Cohorts cohorts = new Cohorts(sql, new MimicSource(tables, Drugs.NAME, List.of()));
      cohorts.firstDiagnosis(ICD, minVisits);
      cohorts.mortality(100, minVisits);
    }
  }

  @ParameterizedTest
  @CsvSource({"4,1", "5,2"})
  void madeUpSynthea(long seed, int minVisits) throws IOException {
    Path tables = Files.createDirectory(temp.resolve("synthea"));
    HospitalTables.synthea(tables, seed, 300);
    try (Sql sql = new Sql()) {
      CohortSql.synthea(sql, tables, ".csv");
      Cohorts cohorts = new Cohorts(sql, new SyntheaSource(tables, BMI));
      cohorts.firstDiagnosis(SNOMED, minVisits);
      cohorts.mortality(200, minVisits);
    }
  }

  @Test
  void mimicDemo() {
    Path hosp = DATA.resolve("mimic-iv-demo").resolve("hosp");
    assumeThat(hosp).exists();
    try (Sql sql = new Sql()) {
      CohortSql.mimic(sql, hosp, ".csv.gz");
      Cohorts cohorts = new Cohorts(sql, new MimicSource(hosp, Drugs.NAME, List.of()));
      cohorts.firstDiagnosis(ICD, 1);
      cohorts.mortality(365, 1);
    }
  }

  @Test
  void synthea2000() {
    Path folder = DATA.resolve("synthea-2000");
    assumeThat(folder).exists();
    try (Sql sql = new Sql()) {
      CohortSql.synthea(sql, folder, ".csv.gz");
      Cohorts cohorts = new Cohorts(sql, new SyntheaSource(folder, BMI));
      cohorts.firstDiagnosis(SNOMED, 1);
      cohorts.mortality(365, 1);
    }
  }

  /** Real spellings and times: each event that the cohort tells of is in the data set. */
  @Test
  void theEventsOfTheMimicDemo() {
    Path events = DATA.resolve("mimic-iv-demo-meds").resolve("mimic_iv_demo_meds_events.parquet");
    assumeThat(events).exists();
    Path out = temp.resolve("cohort");
    CohortBuilder.write(
        new MedsSource(events, MedsSource.Visits.ADMISSIONS, List.of()),
        new Mortality(365, 365, 1, Mortality.Index.LAST, 1),
        new CohortSettings(Coding.WHOLE, List.of(), 0, new Split.Fractions(1, 0, 0), 1, 1),
        out,
        Source.Watcher.NONE);
    try (Sql sql = new Sql()) {
      sql.run(
          """
          CREATE TABLE written AS SELECT subject_id, unnest(visits) AS visit FROM read_json(
            '%s/train.jsonl', format = 'newline_delimited', columns = {subject_id: 'BIGINT',
            visits: 'STRUCT(events STRUCT("time" TIMESTAMP, code VARCHAR)[])[]'});
          CREATE TABLE told AS SELECT subject_id, unnest(visit.events) AS e FROM written;
          """
              .formatted(out));
      assertThat(sql.number("SELECT count(*) FROM told")).isGreaterThan(10_000);
      assertThat(
              sql.rows(
                  "SELECT * FROM told ANTI JOIN '"
                      + events
                      + "' m ON (m.subject_id, m.time, m.code) = (told.subject_id, told.e.time,"
                      + " told.e.code) LIMIT 5"))
          .isEmpty();
    }
  }
}
