package dev.gsig.spark;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.cohort.MedsOptions;
import org.apache.spark.sql.AnalysisException;
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
   * @param meds how events become trajectories, where the format is {@link Format#MEDS}
   * @param counters take the lines and subjects that cannot be used
   * @throws InvalidInputException if it cannot be read
   */
  static Patients read(
      SparkSession spark, String path, Format format, MedsOptions meds, Counters counters) {
    return switch (format) {
      case JSONL -> new Patients(JsonLines.read(spark, path, counters), Trajectories.schema());
      case PARQUET -> Patients.of(parquet(spark, path, false));
      case MEDS -> Patients.of(Meds.trajectories(parquet(spark, path, true), meds, counters));
    };
  }

  /** MEDS keeps its events in folders of folders, beside tables about codes and subjects. */
  private static Dataset<Row> parquet(SparkSession spark, String path, boolean meds) {
    try {
      String data = meds && OutputFolder.exists(spark, path + "/data") ? path + "/data" : path;
      return spark.read().option("recursiveFileLookup", meds).parquet(data);
    } catch (Exception e) {
      if (e instanceof AnalysisException || causedByInput(e)) {
        throw new InvalidInputException(path + ": cannot be read as Parquet: " + firstLine(e), e);
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
