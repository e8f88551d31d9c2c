package dev.gsig.spark;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** Trajectories as rows: what a line of a cohort file holds. */
public final class Trajectories {
  private static final StructType EVENT =
      new StructType().add("time", DataTypes.StringType).add("code", DataTypes.StringType);

  private static final StructType VISIT =
      new StructType()
          .add("time", DataTypes.StringType)
          .add("codes", DataTypes.createArrayType(DataTypes.StringType))
          .add("age", DataTypes.DoubleType)
          .add("token_type", DataTypes.IntegerType)
          .add("events", DataTypes.createArrayType(EVENT))
          .add("values", DataTypes.createArrayType(DataTypes.DoubleType));

  private static final StructType SCHEMA =
      new StructType()
          .add("subject_id", DataTypes.StringType)
          .add("visits", DataTypes.createArrayType(VISIT))
          .add("tabular", DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType, true))
          .add("label", DataTypes.IntegerType)
          .add("labels", DataTypes.createArrayType(DataTypes.IntegerType));

  private Trajectories() {}

  /**
   * The columns: {@code subject_id}, {@code visits} (of {@code time}, {@code codes}, {@code age},
   * {@code token_type}, {@code events}, {@code values}), {@code tabular} by feature name, {@code
   * label}, {@code labels}. Only the first, and visits with codes, are required; an identifier may
   * be a whole number, and {@code tabular} a struct.
   */
  public static StructType schema() {
    return SCHEMA;
  }

  /**
   * A patient as a row.
   *
   * @param patient the patient
   * @return the row, of {@link #schema}
   */
  public static Row row(Trajectory patient) {
    // Spark's encoders know arrays and Scala's collections, not Java's.
    Object visits = patient.visits().stream().map(Trajectories::row).toArray();
    Object tabular = CollectionConverters.asScala(patient.tabular());
    Object labels = patient.labels() == null ? null : patient.labels().toArray();
    return RowFactory.create(patient.subjectId(), visits, tabular, patient.label(), labels);
  }

  private static Row row(Visit visit) {
    Object events =
        visit.events() == null
            ? null
            : visit.events().stream().map(e -> RowFactory.create(e.time(), e.code())).toArray();
    Object values = visit.values() == null ? null : visit.values().toArray();
    return RowFactory.create(
        visit.time(), visit.codes().toArray(), visit.age(), visit.tokenType(), events, values);
  }

  /**
   * The patient that a row holds, held to the rules of a line in a cohort file.
   *
   * @param schema of what {@link #columns} gave
   * @throws InvalidInputException if it cannot be used; the message begins with {@link #name}
   */
  static Trajectory of(Row row, StructType schema) {
    return CohortReader.parse(Rows.toMap(row, schema), name(row));
  }

  /** What messages call a row of what {@link #columns} gave. */
  static String name(Row row) {
    Object id = row.get(0);
    return id == null ? "a row without subject_id" : "patient " + Json.quote(id.toString());
  }

  /**
   * The columns that are read, and no other.
   *
   * @throws InvalidInputException if a required one is missing
   */
  static Dataset<Row> columns(Dataset<Row> trajectories) {
    List<String> there = Arrays.asList(trajectories.columns());
    for (String required : List.of("subject_id", "visits")) {
      if (!there.contains(required)) {
        throw new InvalidInputException(
            "the trajectories have no column "
                + Json.quote(required)
                + ", but "
                + String.join(", ", there)
                + "; docs/formats.md has those of a cohort");
      }
    }
    return trajectories.select(
        Arrays.stream(SCHEMA.fieldNames())
            .filter(there::contains)
            .map(functions::col)
            .toArray(Column[]::new));
  }
}
