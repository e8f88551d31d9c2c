package dev.gsig.spark;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.date_from_unix_date;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import dev.gsig.ehr.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * Events in the Medical Event Data Standard to trajectories. A visit is a calendar day (UTC) with
 * codes; its codes are those of its events as MEDS spells them, each once, by time and then by
 * alphabet. Events without a time, birth and death are no codes; birth gives the ages. There are no
 * tabular values: join them as a column {@code tabular}.
 */
public final class Meds {
  private static final double DAYS_PER_YEAR = 365.25;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private Meds() {}

  /**
   * Gathers events by subject and day.
   *
   * @param events with columns {@code subject_id}, {@code time} (a timestamp) and {@code code}
   * @return columns of {@link Trajectories#schema}, a row for each subject with codes; the same
   *     rows whatever the order of the events
   * @throws InvalidInputException if a column is missing or {@code time} is no timestamp
   */
  public static Dataset<Row> trajectories(Dataset<Row> events) {
    requireColumns(events);
    Column birthday = when(col("code").equalTo("MEDS_BIRTH"), day(events));
    Column ofVisit =
        col("code").rlike("^MEDS_(BIRTH|DEATH)").or(col("time").isNull()).equalTo(false);
    Dataset<Row> births =
        events
            .groupBy(col("subject_id"))
            .agg(min(birthday).as("birth"))
            .withColumnRenamed("subject_id", "born");
    Dataset<Row> days =
        events
            .where(ofVisit)
            .groupBy(col("subject_id"), day(events).as("day"), col("code"))
            .agg(min("time").as("time"))
            .groupBy("subject_id", "day")
            .agg(array_sort(collect_list(struct("time", "code"))).as("events"));
    return days.join(births, col("subject_id").equalTo(col("born")))
        .groupBy("subject_id")
        .agg(array_sort(collect_list(visit())).as("visits"))
        .select(
            col("subject_id").cast(DataTypes.StringType).as("subject_id"),
            expr("transform(visits, v -> v.visit)").as("visits"));
  }

  /** Sorted by day, which no other visit of the subject has. */
  private static Column visit() {
    Column age = expr("datediff(day, birth)").divide(lit(DAYS_PER_YEAR)).cast(DataTypes.DoubleType);
    return struct(
        col("day"),
        struct(
                col("day").cast(DataTypes.StringType).as("time"),
                expr("transform(events, e -> e.code)").as("codes"),
                when(age.geq(0), age).as("age"),
                lit(null).cast(DataTypes.IntegerType).as("token_type"))
            .as("visit"));
  }

  /** The calendar day of an event, whatever the session's time zone. */
  private static Column day(Dataset<Row> events) {
    boolean instant = events.schema().apply("time").dataType().equals(DataTypes.TimestampType);
    return instant
        ? date_from_unix_date(
            floor(unix_micros(col("time")).divide(lit(MICROS_PER_DAY))).cast(DataTypes.IntegerType))
        : col("time").cast(DataTypes.DateType);
  }

  private static void requireColumns(Dataset<Row> events) {
    List<String> there = Arrays.asList(events.columns());
    for (String required : List.of("subject_id", "time", "code")) {
      if (!there.contains(required)) {
        throw new InvalidInputException(
            "the events have no column '"
                + required
                + "', but "
                + String.join(", ", there)
                + "; MEDS names them subject_id, time, code");
      }
    }
    String type = events.schema().apply("time").dataType().typeName();
    if (!List.of("timestamp", "timestamp_ntz", "date").contains(type)) {
      throw new InvalidInputException(
          "the column 'time' of the events is a " + type + "; cast it to a timestamp");
    }
  }
}
