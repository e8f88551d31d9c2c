package dev.gsig.parquet.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.cohort.Coding;
import dev.gsig.ehr.cohort.CohortBuilder;
import dev.gsig.ehr.cohort.CohortSettings;
import dev.gsig.ehr.cohort.LabelFile;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.cohort.MedsSource;
import dev.gsig.ehr.cohort.Source;
import dev.gsig.ehr.cohort.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data set in the layout of MEDS 0.4, with the types that its schema gives. */
class MedsCohortTest {
  @TempDir Path temp;

  @Test
  void aFolderOfShardsAndAFileOfLabelsGiveACohort() throws IOException {
    Path data = Files.createDirectories(temp.resolve("meds/data/train"));
    Files.createDirectories(temp.resolve("meds/metadata"));
    try (Sql sql = new Sql()) {
      sql.run(
          """
          CREATE TABLE e(subject_id BIGINT, time TIMESTAMP, code VARCHAR, numeric_value FLOAT,
            text_value VARCHAR);
          INSERT INTO e VALUES
            (1, NULL, 'GENDER//F', NULL, NULL),
            (1, '2100-03-01', 'MEDS_BIRTH', NULL, NULL),
            (1, '2150-03-01 08:00:00', 'HOSPITAL_ADMISSION//URGENT', NULL, NULL),
            (1, '2150-03-01 09:30:00', 'LAB//50912//mg/dL', 1.25, NULL),
            (1, '2150-03-02', 'PROCEDURE//ICD//9//5491', NULL, NULL),
            (1, '2150-03-04 10:00:00', 'DIAGNOSIS//ICD//10//i10', NULL, NULL),
            (1, '2150-03-04 10:00:00', 'HOSPITAL_DISCHARGE//HOME', NULL, NULL),
            (1, '2150-03-05 10:00:00', 'LAB//50912//mg/dL', 9.5, NULL),
            (2, '2151-01-01 08:00:00', 'HOSPITAL_ADMISSION//URGENT', NULL, NULL),
            (2, '2151-01-01 09:00:00', 'ICD10CM/E11.9', NULL, NULL),
            (2, '2151-01-01 10:00:00', 'HOSPITAL_DISCHARGE//HOME', NULL, NULL);
          COPY (FROM e WHERE subject_id = 1) TO '%1$s/data/train/0.parquet' (FORMAT parquet);
          COPY (FROM e WHERE subject_id = 2) TO '%1$s/data/train/1.parquet' (FORMAT parquet);
          COPY (SELECT 'x' AS code, 'y' AS description) TO '%1$s/metadata/codes.parquet' (FORMAT parquet);
          COPY (SELECT * FROM (VALUES (1::BIGINT, TIMESTAMP '2150-03-04 12:00:00', true),
            (2, TIMESTAMP '2151-01-01 10:00:00', false)) v(subject_id, prediction_time, boolean_value))
            TO '%1$s/labels.parquet' (FORMAT parquet);
          """
              .formatted(temp.resolve("meds")));
    }
    List<Measurement> creatinine = Measurement.parse("creatinine=LAB//50912");
    Path out = temp.resolve("out");

    CohortBuilder.write(
        new MedsSource(data.getParent().getParent(), MedsSource.Visits.ADMISSIONS, creatinine),
        new LabelFile(temp.resolve("meds/labels.parquet"), 1),
        new CohortSettings(Coding.WHOLE, creatinine, 0, new Split.Fractions(1, 0, 0), 1, 1),
        out,
        Source.Watcher.NONE);

    assertThat(CohortReader.readAll(out.resolve("train.jsonl")))
        .satisfiesExactly(
            one -> {
              assertThat(one.subjectId()).isEqualTo("1");
              assertThat(one.label()).isEqualTo(1);
              assertThat(one.visits())
                  .singleElement()
                  .satisfies(
                      visit -> {
                        assertThat(visit.time()).isEqualTo("2150-03-01T08:00:00");
                        assertThat(visit.codes()).containsExactly("d10_I10", "p9_5491");
                        assertThat(visit.age()).isEqualTo(50);
                      });
              // the value after the prediction is not seen
              assertThat(one.tabular())
                  .isEqualTo(Map.of("age", 50.0, "sex", 0.0, "creatinine", 1.25));
            },
            two -> {
              assertThat(two.label()).isZero();
              assertThat(two.visits().get(0).codes()).containsExactly("d10_E119");
              assertThat(two.tabular()).isEmpty();
            });
  }
}
