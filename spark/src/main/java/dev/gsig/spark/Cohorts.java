package dev.gsig.spark;

import dev.gsig.ehr.InvalidInputException;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Trajectories from any path that Spark reads. */
final class Cohorts {
  private Cohorts() {}

  /**
   * Reads a cohort.
   *
   * @param path a file, a folder or a pattern
   * @param gathering how rows become trajectories, where a patient has several
   * @param counters take the lines and subjects that cannot be used
   * @throws InvalidInputException if it cannot be read
   */
  static Patients read(
      SparkSession spark, String path, Format format, Gathering gathering, Counters counters) {
    return read(spark, path, CohortFiles.of(spark, path, format), format, gathering, counters);
  }

  /**
   * Reads a cohort of files that were found.
   *
   * @param path what messages call them
   * @param gathering how rows become trajectories, where a patient has several
   * @param counters take the lines and subjects that cannot be used
   * @throws InvalidInputException if they cannot be read
   */
  static Patients read(
      SparkSession spark,
      String path,
      CohortFiles files,
      Format format,
      Gathering gathering,
      Counters counters) {
    return switch (format) {
      case JSONL ->
          new Patients(JsonLines.read(spark, path, files, counters), Trajectories.schema());
      case PARQUET -> Patients.of(parquet(spark, path, files));
      case MEDS ->
          Patients.of(Meds.trajectories(parquet(spark, path, files), gathering.meds(), counters));
      case FHIR ->
          new Patients(
              Fhir.trajectories(spark, path, files, gathering.fhir(), counters),
              Trajectories.schema());
    };
  }

  private static Dataset<Row> parquet(SparkSession spark, String path, CohortFiles files) {
    try {
      String[] names = Stream.of(files.paths()).map(Path::toString).toArray(String[]::new);
      DataFrameReader reader = spark.read();
      // names of folders such as label=1 are values
      return (files.folder() == null
              ? reader
              : reader.option("basePath", files.folder().toString()))
          .parquet(names);
    } catch (Exception e) {
      if (e instanceof AnalysisException || causedByInput(e)) {
        String reason = firstLine(e);
        throw new InvalidInputException(
            path
                + ": cannot be read as Parquet: "
                + reason
                + (reason.contains("TIMESTAMP(NANOS")
                    ? "; Spark reads no times in nanoseconds: write them in microseconds, as MEDS has"
                        + " them"
                    : ""),
            e);
      }
      throw e;
    }
  }

  private static boolean causedByInput(Throwable e) {
    return String.valueOf(e.getMessage()).contains("CANNOT_READ_FILE_FOOTER")
        || (e.getCause() != null && causedByInput(e.getCause()));
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown fault");
  }
}
