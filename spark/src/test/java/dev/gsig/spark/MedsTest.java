package dev.gsig.spark;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.cohort.Coding;
import dev.gsig.ehr.cohort.CohortBuilder;
import dev.gsig.ehr.cohort.CohortSettings;
import dev.gsig.ehr.cohort.LabelFile;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.cohort.MedsOptions;
import dev.gsig.ehr.cohort.MedsSource;
import dev.gsig.ehr.cohort.Source;
import dev.gsig.ehr.cohort.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
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

  private record Event(long subject, String time, String code, Float value, String stay) {
    Event(long subject, String time, String code) {
      this(subject, time, code, null, null);
    }
  }

  private static final List<Event> EVENTS =
      List.of(
          new Event(1, "1980-03-01T00:00:00", "MEDS_BIRTH"),
          new Event(1, null, "GENDER//F"),
          new Event(1, "2030-03-01T23:59:59.000001", "RxNorm/314076"),
          new Event(1, "2030-03-01T00:00:00", "SNOMED/59621000"),
          new Event(1, "2030-03-01T08:00:00", "SNOMED/162864005"),
          new Event(1, "2030-03-01T08:00:00", "MEDICATION//START//Heparin"),
          new Event(1, "2030-03-01T09:00:00", "SNOMED/162864005"),
          new Event(1, "2030-03-01T09:00:00", "BMI//kg", 31.7f, null),
          new Event(1, "2030-03-02T00:00:00", "SNOMED/162864005"),
          new Event(1, "2031-01-01T00:00:00", "MEDS_DEATH"),
          new Event(2, "2030-01-01T12:00:00", "HOSPITAL_ADMISSION//X", null, "20"),
          new Event(2, "2030-01-01T13:00:00", "ICD10CM/I50.9", null, "20"),
          new Event(2, "2030-01-01T13:00:00", "SNOMED/59621000", null, "20"),
          new Event(2, "2030-01-03T12:00:00", "HOSPITAL_DISCHARGE//HOME", null, "20"),
          new Event(2, "2030-01-01T13:00:00", "MEDICATION//START//Oxycodone ", null, "20"),
          new Event(2, "2030-01-03T12:00:00", "MEDICATION//START//UNK", null, "20"));

  private static final List<Event> WITHOUT_CODES =
      List.of(
          new Event(3, null, "GENDER//M"),
          new Event(3, "1990-01-01T00:00:00", "MEDS_BIRTH"),
          new Event(4, "1990-01-01T00:00:00", "MEDS_BIRTH"),
          new Event(4, "1991-01-01T00:00:00", "MEDS_BIRTH"));

  private static final MedsOptions STAYS =
      new MedsOptions(
          MedsSource.Visits.ADMISSIONS, new Coding(true, 3, 0), Measurement.parse("bmi=BMI"));
  private static final MedsOptions WHOLE_DAYS =
      new MedsOptions(MedsSource.Visits.DAYS, Coding.WHOLE, List.of());
  private static final MedsOptions DAYS =
      new MedsOptions(MedsSource.Visits.DAYS, Coding.WHOLE, Measurement.parse("bmi=BMI"));

  private static final MedsOptions VALUES =
      new MedsOptions(MedsSource.Visits.DAYS, Coding.WHOLE, List.of(), true);

  @TempDir Path temp;

  @Test
  void eventsAreGatheredBySubjectAndDayWhateverTheirOrderAndTheTimeZone() {
    for (DataType type : List.of(DataTypes.TimestampType, DataTypes.TimestampNTZType)) {
      for (int seed = 0; seed < 2; seed++) {
        List<Event> shuffled = new ArrayList<>(EVENTS);
        Collections.shuffle(shuffled, new Random(seed));

        List<Trajectory> found =
            trajectories(Meds.trajectories(events(shuffled, type), WHOLE_DAYS));

        assertThat(found.get(0).tabular()).isEqualTo(Map.of("age", 50.0, "sex", 0.0));
        assertThat(found.get(0).visits())
            .containsExactly(
                new Visit(
                    "2030-03-01T00:00:00",
                    List.of("d_59621000", "d_162864005", "m_HEPARIN", "m_314076"),
                    50.0,
                    null,
                    List.of(
                        new SourceEvent("2030-03-01T00:00:00", "SNOMED/59621000"),
                        new SourceEvent("2030-03-01T08:00:00", "SNOMED/162864005"),
                        new SourceEvent("2030-03-01T08:00:00", "MEDICATION//START//Heparin"),
                        new SourceEvent("2030-03-01T23:59:59.000001", "RxNorm/314076"))),
                new Visit(
                    "2030-03-02T00:00:00",
                    List.of("d_162864005"),
                    50.0,
                    null,
                    List.of(new SourceEvent("2030-03-02T00:00:00", "SNOMED/162864005"))));
      }
    }
  }

  /** One vocabulary, one table of events: the lines of gsig cohort meds, and their results. */
  @Test
  void tokensAndResultsAreThoseOfTheCommandLine() throws IOException {
    for (MedsOptions options : List.of(DAYS, STAYS, VALUES)) {
      List<Trajectory> ours = cohort(options);
      Dataset<Row> rows =
          Meds.trajectories(events(EVENTS, DataTypes.TimestampNTZType), options)
              .where("size(visits) > 0")
              .orderBy("subject_id")
              .coalesce(1);

      assertThat(trajectories(rows)).isEqualTo(ours);
      CohortExplainer explainer = CohortExplainer.of(spark, Settings.of(Local.MODEL, Local.QUICK));
      assertThat(Attributions.lines(explainer.explain(rows)).collectAsList())
          .isEqualTo(Local.lines(ours, Local.QUICK))
          .allMatch(line -> line.contains("\"event\":{\"time\":\"2030-"));
    }
  }

  /** What the command line makes of the events with labels after each subject's last visit. */
  private List<Trajectory> cohort(MedsOptions options) throws IOException {
    List<String> rows = new ArrayList<>(List.of("subject_id,hadm_id,time,code,numeric_value"));
    for (Event e : EVENTS) {
      rows.add(
          String.join(
              ",", "" + e.subject(), text(e.stay()), text(e.time()), e.code(), text(e.value())));
    }
    boolean days = options.visits() == MedsSource.Visits.DAYS;
    Path file = Files.write(temp.resolve("events.csv"), rows);
    Path labels =
        Files.write(
            temp.resolve("labels.csv"),
            days
                ? List.of(
                    "subject_id,prediction_time,boolean_value",
                    "1,2030-03-02 23:59:59,true",
                    "2,2030-01-01 23:59:59,false")
                : List.of(
                    "subject_id,prediction_time,boolean_value",
                    "2,2030-01-03 12:00:00,false",
                    "2,2031-01-03 12:00:00,true"));
    Path out = temp.resolve("cohort" + days + options.values());
    List<Measurement> kept = days ? options.measurements() : List.of();
    CohortBuilder.write(
        new MedsSource(file, options.visits(), kept, options.values()),
        new LabelFile(labels, 1),
        new CohortSettings(options.coding(), kept, 0, new Split.Fractions(1, 0, 0), 1, 1),
        out,
        Source.Watcher.NONE);
    return CohortReader.readAll(out.resolve("train.jsonl")).stream()
        .filter(p -> !p.subjectId().contains("@2031"))
        .map(
            p ->
                new Trajectory(
                    p.subjectId().replaceFirst("@.*", ""), p.visits(), p.tabular(), null))
        .toList();
  }

  private static String text(Object cell) {
    return cell == null ? "" : cell.toString();
  }

  @Test
  void aFolderOfMedsIsReadBesideItsMetadata(@TempDir Path folder) {
    List<Event> all = new ArrayList<>(EVENTS);
    all.addAll(WITHOUT_CODES);
    events(all, DataTypes.TimestampNTZType)
        .write()
        .parquet(folder.resolve("data/train").toString());
    spark.range(3).write().parquet(folder.resolve("metadata/codes").toString());

    CohortExplainer explainer = CohortExplainer.of(spark, Settings.of(Local.MODEL, Local.QUICK));
    Patients patients =
        Cohorts.read(
            spark, folder.toString(), Format.MEDS, Gathering.of(WHOLE_DAYS), explainer.counters());

    assertThat(explainer.explain(patients).count()).isEqualTo(2);
    assertThat(explainer.counters().events())
        .containsEntry("dropped: event of another kind: BMI", 1L)
        .containsEntry("dropped: event without a code: MEDICATION", 1L);
    // nobody is left out without a word
    assertThat(explainer.counters().rejected()).isEqualTo(2);
    assertThat(explainer.counters().reasons().keySet())
        .anyMatch(reason -> reason.startsWith("the trajectory is empty: no visit has a code"))
        .anyMatch(reason -> reason.contains("is born a second time"));
  }

  /** As {@code gsig cohort} finds them: behind links, of any spelling, and not what is hidden. */
  @Test
  void shardsAreFoundBehindLinksAndOfAnySpelling(@TempDir Path folder) throws IOException {
    Path written = folder.resolve("written");
    events(EVENTS, DataTypes.TimestampNTZType).coalesce(1).write().parquet(written.toString());
    Path blob = Files.createDirectory(folder.resolve(".blobs")).resolve("3fa9");
    try (Stream<Path> files = Files.list(written)) {
      Path part = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.move(part, blob);
    }
    Path data = Files.createDirectories(folder.resolve("meds/data"));
    Files.createSymbolicLink(data.resolve("0.PQ"), blob);
    Files.writeString(data.resolve("._0.parquet"), "resource fork");
    Files.writeString(data.resolve("readme.txt"), "x");

    Counters counters = new Counters(spark.sparkContext());
    Patients patients =
        Cohorts.read(
            spark,
            folder.resolve("meds").toString(),
            Format.MEDS,
            Gathering.of(WHOLE_DAYS),
            counters);

    assertThat(patients.rows().count()).isEqualTo(2);
    assertThat(CohortFiles.of(spark, folder.resolve("meds").toString(), Format.MEDS).passedOver())
        .containsExactly("._0.parquet (hidden)", "readme.txt (of another kind)");
  }

  @Test
  void binaryCodesAreTextAndWhatIsNoTextOrNumberIsLeftOutWithItsReason() {
    List<Event> events = new ArrayList<>(EVENTS);
    events.add(new Event(5, "2030-01-01T12:00:00", "BMI//kg", Float.NaN, null));
    events.add(new Event(5, "2030-01-01T12:00:00", "SNOMED/B\u00fcrste"));
    events.add(new Event(6, "2030-01-01T12:00:00", "BMI//kg", Float.POSITIVE_INFINITY, null));
    events.add(new Event(7, "2030-01-01T12:00:00", "SNOMED/broken"));
    Dataset<Row> binary =
        events(events, DataTypes.TimestampNTZType)
            .withColumn(
                "code",
                expr(
                    "CASE WHEN code = 'SNOMED/broken' THEN X'534E4F4D45442FC328'"
                        + " ELSE encode(code, 'UTF-8') END"));

    Counters counters = new Counters(spark.sparkContext());
    Dataset<Row> rows = Meds.trajectories(binary, DAYS, counters);
    List<Trajectory> found = trajectories(rows);

    assertThat(found).extracting(Trajectory::subjectId).containsExactly("1", "2", "5");
    assertThat(found.get(2).tabular()).doesNotContainKey("bmi");
    assertThat(found.get(2).visits().get(0).codes()).containsExactly("d_B\u00dcRSTE");
    assertThat(counters.reasons().keySet())
        .anyMatch(reason -> reason.contains("must be a number, but is \"Infinity\""))
        .anyMatch(reason -> reason.contains("is not valid UTF-"));
  }

  /** Folders such as {@code label=1} are values, as everywhere in Spark. */
  @Test
  void valuesInNamesOfFoldersAreColumns(@TempDir Path folder) {
    Meds.trajectories(events(EVENTS, DataTypes.TimestampNTZType), WHOLE_DAYS)
        .drop("label")
        .withColumn("label", expr("CAST(subject_id AS INT) - 1"))
        .write()
        .partitionBy("label")
        .parquet(folder.resolve("cohort").toString());

    Patients patients =
        Cohorts.read(
            spark,
            folder.resolve("cohort").toString(),
            Format.PARQUET,
            null,
            new Counters(spark.sparkContext()));

    assertThat(patients.rows().collect().stream().map(r -> Trajectories.of(r, patients.schema())))
        .extracting(Trajectory::label)
        .containsExactlyInAnyOrder(0, 1);
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
            .add("code", DataTypes.StringType)
            .add("numeric_value", DataTypes.FloatType)
            .add("hadm_id", DataTypes.StringType);
    return spark
        .createDataFrame(
            events.stream()
                .map(
                    e ->
                        RowFactory.create(
                            e.subject(), time(e.time(), time), e.code(), e.value(), e.stay()))
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
