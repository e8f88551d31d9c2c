package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two cores, each task tried up to four times. */
class CohortExplainerTest {
  private static final int PATIENTS = 16;

  private static SparkSession spark;
  private static List<String> expected;

  @BeforeAll
  static void start() {
    spark = Local.session("local[2,4]");
    expected = Local.lines(Local.patients(PATIENTS), Local.QUICK);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static CohortExplainer explainer() {
    return CohortExplainer.of(spark, Settings.of(Local.MODEL, Local.QUICK));
  }

  private static Dataset<Row> rows(List<Trajectory> patients, int partitions) {
    return spark
        .createDataFrame(patients.stream().map(Trajectories::row).toList(), Trajectories.schema())
        .coalesce(partitions);
  }

  @Test
  void aTaskThatDiesMidwayIsTriedAgainWithTheSameBytesAndCountedOnce() {
    FAILURES.set(0);
    CohortExplainer explainer = explainer();
    Dataset<Row> dying =
        rows(Local.patients(PATIENTS), 2)
            .mapPartitions(new DieMidway(), Encoders.row(Trajectories.schema()));

    List<String> lines = Attributions.lines(explainer.explain(dying)).collectAsList();

    assertThat(FAILURES).as("tasks that died").hasValue(2);
    assertThat(lines).isEqualTo(expected);
    assertThat(explainer.counters().patients()).isEqualTo(PATIENTS);
    assertThat(explainer.counters().rejected()).isZero();
  }

  private static final AtomicInteger FAILURES = new AtomicInteger();

  /** The first attempt of each task dies when it has explained three patients. */
  private record DieMidway() implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> patients) {
      int[] seen = {0};
      boolean doomed = TaskContext.get().attemptNumber() == 0;
      return new Present<>(
          patients,
          patient -> {
            if (doomed && seen[0]++ == 3) {
              FAILURES.incrementAndGet();
              throw new IllegalStateException("this attempt was meant to die");
            }
            return patient;
          });
    }
  }

  /** A trajectory is the same after it was a row, in a Parquet file, too. */
  @Test
  void rowsKeepAllThatALineHolds(@TempDir Path folder) {
    Visit all =
        new Visit(
            "2031-05-06",
            List.of("a", "b"),
            52.5,
            1,
            List.of(new SourceEvent("2031-05-06T07:08:09", "A"), new SourceEvent(null, "B")),
            Arrays.asList(null, 4.1));
    Trajectory patient = new Trajectory("p", List.of(all, Visit.of("c")), Map.of("age", 52.5), 1);
    String written = folder.resolve("rows").toString();
    rows(List.of(patient), 1).write().parquet(written);

    Dataset<Row> read = Trajectories.columns(spark.read().parquet(written));

    assertThat(Trajectories.of(read.first(), read.schema())).isEqualTo(patient);
  }

  @Test
  void partitionsAreStreamed() {
    HIGHEST_LEAD.set(0);
    Dataset<Row> counted =
        rows(Local.patients(PATIENTS), 1)
            .mapPartitions(new CountIn(), Encoders.row(Trajectories.schema()));

    Dataset<Row> out =
        explainer()
            .explain(counted)
            .mapPartitions(new CountOut(), Encoders.row(Attributions.schema()));

    assertThat(Attributions.lines(out).collectAsList()).isEqualTo(expected);
    assertThat(HIGHEST_LEAD).as("patients taken before a result was given").hasValue(1);
  }

  private static final AtomicInteger LEAD = new AtomicInteger();
  private static final AtomicInteger HIGHEST_LEAD = new AtomicInteger();

  private record CountIn() implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> patients) {
      LEAD.set(0);
      return new Present<>(
          patients,
          row -> {
            int lead = LEAD.incrementAndGet();
            HIGHEST_LEAD.accumulateAndGet(lead, Math::max);
            return row;
          });
    }
  }

  private record CountOut() implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> attributions) {
      return new Present<>(
          attributions,
          row -> {
            LEAD.decrementAndGet();
            return row;
          });
    }
  }

  @Test
  void whoCannotBeExplainedIsLeftOutAndCountedWithTheReason() {
    List<Trajectory> patients = new ArrayList<>(Local.patients(2));
    patients.add(1, new Trajectory("no codes", List.of(Visit.of()), Map.of(), null));
    patients.add(
        new Trajectory("too large", List.of(Visit.of("d_I10")), Map.of("bmi", 1e300), null));
    CohortExplainer explainer = explainer();

    List<String> lines = Attributions.lines(explainer.explain(rows(patients, 2))).collectAsList();

    assertThat(lines).isEqualTo(expected.subList(0, 2));
    assertThat(explainer.counters().patients()).isEqualTo(2);
    assertThat(explainer.counters().rejected()).isEqualTo(2);
    assertThat(explainer.counters().tallies().values())
        .extracting(Rejections.Tally::example)
        .containsExactlyInAnyOrder("patient \"no codes\"", "patient \"too large\"");
    assertThat(explainer.counters().reasons().keySet())
        .anyMatch(reason -> reason.contains("no visit has a code"))
        .anyMatch(reason -> reason.contains("is NaN at index #"));
  }

  @Test
  void whatIsAcceptedIsCounted() {
    CohortExplainer explainer = explainer();
    Trajectory odd =
        new Trajectory("odd", List.of(Visit.of("no such code", "d_I10")), Map.of(), null);

    assertThat(explainer.explain(rows(List.of(odd), 1)).count()).isEqualTo(1);

    assertThat(explainer.counters().unknownCodes()).isPositive();
    assertThat(explainer.counters().missingTabular()).isEqualTo(7);
    assertThat(explainer.counters().truncatedTokens()).isZero();
  }

  @Test
  void aDatasetMayHaveNumbersForIdentifiersAStructOfTabularValuesAndMoreColumns() {
    StructType tabular =
        new StructType().add("age", DataTypes.FloatType).add("bmi", DataTypes.DoubleType);
    StructType visit =
        new StructType().add("codes", DataTypes.createArrayType(DataTypes.StringType));
    StructType schema =
        new StructType()
            .add("hospital", DataTypes.StringType)
            .add("subject_id", DataTypes.LongType)
            .add("visits", DataTypes.createArrayType(visit))
            .add("tabular", tabular);
    Row row =
        RowFactory.create(
            "north",
            7L,
            List.of(RowFactory.create(List.of("d_I10", "m_C03C"))),
            RowFactory.create(52.5f, null));
    Trajectory same =
        new Trajectory("7", List.of(Visit.of("d_I10", "m_C03C")), Map.of("age", 52.5), null);

    List<String> lines =
        Attributions.lines(explainer().explain(spark.createDataFrame(List.of(row), schema)))
            .collectAsList();

    assertThat(lines).isEqualTo(Local.lines(List.of(same), Local.QUICK));
  }

  @Test
  void aMissingColumnIsSaid() {
    assertThatThrownBy(() -> explainer().explain(spark.range(3).toDF("subject_id")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no column \"visits\", but subject_id");
  }

  @Test
  void aBackendThatExecutorsChooseIsRefused() {
    assertThatThrownBy(() -> new Settings(Local.MODEL, null, null, 1, "auto", Local.QUICK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name one backend");
  }
}
