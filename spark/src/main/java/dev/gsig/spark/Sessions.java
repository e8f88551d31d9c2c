package dev.gsig.spark;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;

/** Opens the session of the command line. */
final class Sessions {
  private static final String MASTER = "spark.master";

  private Sessions() {}

  /** True if tasks will run in this JVM. */
  static boolean isLocal(String master) {
    String url = conf(master).get(MASTER);
    return url.equals("local") || url.startsWith("local[");
  }

  private static SparkConf conf(String master) {
    SparkConf conf = new SparkConf();
    if (master != null) {
      conf.set(MASTER, master);
    }
    return conf.setIfMissing(MASTER, "local[*]");
  }

  /**
   * Opens a session, or takes the one that is open.
   *
   * @param master the cluster; null for what {@code spark-submit} says, or this machine
   * @throws InvalidInputException if the master cannot be understood, or Spark on this machine has
   *     no folder for temporary files
   */
  static SparkSession open(String master) {
    SparkConf conf = conf(master).setIfMissing("spark.app.name", "gsig-spark");
    // an instant has one text and one day, whatever the zone of this machine
    conf.set("spark.sql.session.timeZone", "UTC");
    if (conf.get(MASTER).startsWith("local")) {
      // Nobody else takes part: no web page, and no name of this machine to look up.
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "localhost");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      requireLocalFolder(conf);
    }
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception e) {
      // Scala declares no exceptions, so that this one cannot be caught by its name.
      if (e instanceof SparkException && String.valueOf(e.getMessage()).contains("Master URL")) {
        throw new InvalidInputException("--master " + master + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /** Without a folder that it can write to, Spark ends the JVM. */
  private static void requireLocalFolder(SparkConf conf) {
    String named = System.getenv("SPARK_LOCAL_DIRS");
    if (named == null) {
      named = conf.get("spark.local.dir", System.getProperty("java.io.tmpdir"));
    }
    for (String folder : named.split(",", -1)) {
      try {
        Files.delete(
            Files.createTempDirectory(Files.createDirectories(Path.of(folder)), "gsig-spark"));
        return;
      } catch (IOException e) {
        // another may do
      }
    }
    throw new InvalidInputException(
        "Spark needs a folder for temporary files, and cannot write to "
            + named
            + "; name another with GSIG_JAVA_OPTS=-Djava.io.tmpdir=FOLDER or spark.local.dir");
  }
}
