package dev.gsig.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.cohort.MedsOptions;
import dev.gsig.ehr.cohort.MedsSubject;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Values;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapGroupsFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Events in the Medical Event Data Standard to trajectories, as {@code gsig cohort meds} makes
 * them: the same events become codes, spelt in the same way, in the same visits and order, each
 * with the event that it was made of. A trajectory goes on to the end of the subject's last visit;
 * {@code age}, {@code sex} and measurements are those at that time.
 */
public final class Meds {
  private static final int MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;
  private static final char REPLACEMENT = '\uFFFD';

  private Meds() {}

  /**
   * Gathers events by subject and hospital stay ({@link MedsOptions#DEFAULT}).
   *
   * @param events with columns {@code subject_id}, {@code time} (a timestamp) and {@code code}
   * @return columns of {@link Trajectories#schema}, a row for each subject; the same rows whatever
   *     the order of the events. A subject without codes in a stay has no visits. A subject whose
   *     events contradict each other fails the job
   * @throws InvalidInputException if a column is missing or {@code time} is no timestamp
   */
  public static Dataset<Row> trajectories(Dataset<Row> events) {
    return trajectories(events, MedsOptions.DEFAULT);
  }

  /**
   * Gathers events by subject.
   *
   * @param events with columns {@code subject_id}, {@code time} (a timestamp) and {@code code};
   *     {@code numeric_value} (or {@code value}) and {@code hadm_id} are read where they are there
   * @param options what a visit is, how codes are written, and which values are kept
   * @return columns of {@link Trajectories#schema}, a row for each subject; the same rows whatever
   *     the order of the events. A subject without codes has no visits. A subject whose events
   *     contradict each other fails the job
   * @throws InvalidInputException if a column is missing or {@code time} is no timestamp
   */
  public static Dataset<Row> trajectories(Dataset<Row> events, MedsOptions options) {
    return trajectories(events, options, null);
  }

  /**
   * Gathers events by subject, and leaves out and counts those that cannot be used.
   *
   * @param counters take them; null to fail instead
   */
  static Dataset<Row> trajectories(Dataset<Row> events, MedsOptions options, Counters counters) {
    requireColumns(events);
    List<String> there = Arrays.asList(events.columns());
    Column none = lit(null).cast(DataTypes.StringType);
    String value = there.contains("numeric_value") ? "numeric_value" : "value";
    DataType time = events.schema().apply("time").dataType();
    boolean instant = time.equals(DataTypes.TimestampType);
    return events
        .select(
            identifier(events, "subject_id"),
            // an instant as text would be on the clock of the session
            (instant ? unix_micros(col("time")) : col("time")).cast(DataTypes.StringType),
            col("code").cast(DataTypes.StringType),
            there.contains(value) ? col(value).cast(DataTypes.StringType) : none,
            there.contains("hadm_id") ? identifier(events, "hadm_id") : none)
        .groupByKey((MapFunction<Row, String>) row -> subject(row), Encoders.STRING())
        .flatMapGroups(new Gather(options, instant, counters), Encoders.row(Trajectories.schema()));
  }

  /** Data frames make numbers of identifiers where a column has gaps. */
  private static Column identifier(Dataset<Row> events, String name) {
    DataType type = events.schema().apply(name).dataType();
    Column column = col(name);
    if (type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType)) {
      column = when(not(isnan(column)), column.cast(DataTypes.LongType));
    }
    return column.cast(DataTypes.StringType);
  }

  private static String subject(Row event) {
    if (event.isNullAt(0)) {
      throw new InvalidInputException("an event has no subject_id; remove it");
    }
    return event.getString(0);
  }

  /** The trajectory of a subject; none, and counted, where the events cannot be used. */
  private record Gather(MedsOptions options, boolean instant, Counters counters)
      implements FlatMapGroupsFunction<String, Row, Row> {
    @Override
    public Iterator<Row> call(String subject, Iterator<Row> rows) {
      List<Row> patient = new ArrayList<>(1);
      try {
        Trajectory trajectory =
            MedsSubject.trajectory(
                subject,
                events(rows),
                options,
                told -> {
                  if (counters != null) {
                    counters.told(told);
                  }
                });
        patient.add(Trajectories.row(trajectory));
      } catch (InvalidInputException e) {
        if (counters == null) {
          throw e;
        }
        counters.rejected("subject " + Json.quote(subject), e);
      }
      return patient.isEmpty() ? Collections.emptyIterator() : patient.iterator();
    }

    private Iterator<MedsSubject.Event> events(Iterator<Row> rows) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public MedsSubject.Event next() {
          Row row = rows.next();
          return new MedsSubject.Event(
              time(row.getString(1)), code(row.getString(2)), value(row), row.getString(4));
        }
      };
    }

    /** Binary codes are text, too, and Spark puts a sign for what is not UTF-8. */
    private static String code(String text) {
      if (text != null && text.indexOf(REPLACEMENT) >= 0) {
        throw new InvalidInputException(
            "the code " + Json.quote(text) + " is not valid UTF-8; write it as UTF-8");
      }
      return text;
    }

    /** As text a FLOAT is the number that was written, not its neighbour in a double. */
    private static Double value(Row row) {
      String text = row.getString(3);
      if (text == null || Values.isMissing(text)) {
        return null;
      }
      Double value = Values.number(text);
      if (value == null) {
        throw new InvalidInputException(
            "the value of "
                + Json.quote(row.getString(2))
                + " must be a number, but is "
                + Json.quote(text));
      }
      return value;
    }

    private String time(String text) {
      if (text == null || !instant) {
        return text;
      }
      long micros = Long.parseLong(text);
      return LocalDateTime.ofEpochSecond(
              Math.floorDiv(micros, MICROS_PER_SECOND),
              (int) Math.floorMod(micros, (long) MICROS_PER_SECOND) * NANOS_PER_MICRO,
              ZoneOffset.UTC)
          .toString();
    }
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
