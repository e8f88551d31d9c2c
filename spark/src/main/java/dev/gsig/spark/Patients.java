package dev.gsig.spark;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Trajectories below Spark SQL, whose planning and encoders take seconds in a fresh JVM.
 *
 * @param rows a patient each
 * @param schema their columns, some or all of {@link Trajectories#schema}
 */
record Patients(JavaRDD<Row> rows, StructType schema) {
  static Patients of(Dataset<Row> trajectories) {
    Dataset<Row> columns = Trajectories.columns(trajectories);
    return new Patients(columns.javaRDD(), columns.schema());
  }
}
