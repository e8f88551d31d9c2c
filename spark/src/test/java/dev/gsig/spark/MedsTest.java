package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MedsTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = Local.session("local[2]");
    // Far from UTC: a day must not depend on it.
    spark.conf().set("spark.sql.session.timeZone", "Pacific/Auckland");
    spark.conf().set("spark.sql.shuffle.partitions", "3");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private record Event(long subject, String time, String code) {}

  private static final List<Event> EVENTS =
      List.of(
          new Event(1, "1980-03-01T00:00:00", "MEDS_BIRTH"),
          new Event(1, null, "GENDER//F"),
          new Event(1, "2030-03-01T23:59:59", "b"),
          new Event(1, "2030-03-01T00:00:00", "c"),
          new Event(1, "2030-03-01T08:00:00", "a"),
          new Event(1, "2030-03-01T08:00:00", "a2"),
          new Event(1, "2030-03-01T09:00:00", "a"),
          new Event(1, "2030-03-02T00:00:00", "a"),
          new Event(1, "2031-01-01T00:00:00", "MEDS_DEATH"),
          new Event(2, "2030-01-01T12:00:00", "d_I10"),
          new Event(3, null, "GENDER//M"),
          new Event(3, "1990-01-01T00:00:00", "MEDS_BIRTH"));

  private static final List<Trajectory> EXPECTED =
      List.of(
          new Trajectory(
              "1",
              List.of(
                  // 18262 and 18263 days after birth
                  new Visit("2030-03-01", List.of("c", "a", "a2", "b"), 18262 / 365.25, null),
                  new Visit("2030-03-02", List.of("a"), 18263 / 365.25, null)),
              Map.of(),
              null),
          new Trajectory(
              "2", List.of(new Visit("2030-01-01", List.of("d_I10"), null, null)), Map.of(), null));

  @Test
  void eventsAreGatheredBySubjectAndDayWhateverTheirOrderAndTheTimeZone() {
    for (DataType type : List.of(DataTypes.TimestampType, DataTypes.TimestampNTZType)) {
      for (int seed = 0; seed < 2; seed++) {
        List<Event> shuffled = new ArrayList<>(EVENTS);
        Collections.shuffle(shuffled, new Random(seed));

        assertThat(trajectories(Meds.trajectories(events(shuffled, type)))).isEqualTo(EXPECTED);
      }
    }
  }

  @Test
  void aFolderOfMedsIsReadBesideItsMetadata(@TempDir Path folder) {
    events(EVENTS, DataTypes.TimestampNTZType)
        .write()
        .parquet(folder.resolve("data/train").toString());
    spark.range(3).write().parquet(folder.resolve("metadata/codes").toString());

    Counters counters = new Counters(spark.sparkContext());
    Patients patients = Cohorts.read(spark, folder.toString(), Format.MEDS, counters);
    Dataset<Row> rows = spark.createDataFrame(patients.rows(), patients.schema());

    assertThat(trajectories(rows)).isEqualTo(EXPECTED);
  }

  @Test
  void eventsWithoutATimeColumnAreRefused() {
    assertThatThrownBy(() -> Meds.trajectories(spark.range(1).toDF("subject_id")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no column 'time'");
    assertThatThrownBy(
            () ->
                Meds.trajectories(
                    events(EVENTS, DataTypes.TimestampNTZType)
                        .selectExpr("subject_id", "code", "cast(time as string) as time")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is a string; cast it to a timestamp");
  }

  private static Dataset<Row> events(List<Event> events, DataType time) {
    StructType schema =
        new StructType()
            .add("subject_id", DataTypes.LongType)
            .add("time", time)
            .add("code", DataTypes.StringType);
    return spark
        .createDataFrame(
            events.stream()
                .map(e -> RowFactory.create(e.subject(), time(e.time(), time), e.code()))
                .toList(),
            schema)
        .repartition(2);
  }

  private static Object time(String text, DataType type) {
    LocalDateTime time = text == null ? null : LocalDateTime.parse(text);
    boolean instant = time != null && type.equals(DataTypes.TimestampType);
    return instant ? java.sql.Timestamp.from(time.toInstant(ZoneOffset.UTC)) : time;
  }

  private static List<Trajectory> trajectories(Dataset<Row> rows) {
    return rows.orderBy("subject_id").collectAsList().stream()
        .map(row -> Trajectories.of(row, rows.schema()))
        .toList();
  }
}
