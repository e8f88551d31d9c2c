package dev.gsig.examples.spark;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.explode;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.spark.CohortExplainer;
import dev.gsig.spark.Settings;
import dev.gsig.spark.Trajectories;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Which codes raise the risk in a cohort: explains it on Spark, keeps the attributions as Parquet,
 * and averages them by code.
 *
 * <pre>{@code
 * spark-submit --jars ... --class dev.gsig.examples.spark.RiskyCodes gsig-examples-spark.jar \
 *     MODEL_DIR COHORT.jsonl ATTRIBUTIONS.parquet
 * }</pre>
 */
public final class RiskyCodes {
  private static final int CODES = 10;

  /** Fewer patients say little about a code. */
  private static final int FEWEST_PATIENTS = 3;

  private RiskyCodes() {}

  /**
   * Prints a line for each of the codes whose mean signed attribution is highest.
   *
   * @param args model folder with its baseline; cohort, a trajectory a line; folder for the
   *     attributions, which is not there yet
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println("usage: RiskyCodes MODEL_DIR COHORT.jsonl ATTRIBUTIONS.parquet");
      System.exit(2);
    }
    try (SparkSession spark = SparkSession.builder().appName("risky codes").getOrCreate()) {
      explain(spark, Path.of(args[0]), args[1], args[2]);
      risky(spark.read().parquet(args[2])).forEach(RiskyCodes::print);
    } catch (InvalidInputException e) {
      // The message is one line for people: what is wrong, where, and how to mend it.
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static void explain(SparkSession spark, Path model, String cohort, String out) {
    Dataset<Row> patients = spark.read().schema(Trajectories.schema()).json(cohort);
    CohortExplainer explainer =
        CohortExplainer.of(spark, Settings.of(model, ExplainOptions.DEFAULT));
    explainer.explain(patients).write().parquet(out);
    System.out.printf(Locale.ROOT, "%d patients explained%n", explainer.counters().patients());
    explainer
        .counters()
        .reasons()
        .forEach(
            (reason, count) -> System.out.printf(Locale.ROOT, "%d left out: %s%n", count, reason));
  }

  private static List<Row> risky(Dataset<Row> attributions) {
    return attributions
        .select(col("subject_id"), explode(col("tokens")).as("token"))
        // What the model does not know is UNK to it, whatever the code.
        .where(col("token.known"))
        .groupBy(col("token.code"))
        .agg(countDistinct("subject_id").as("patients"), avg("token.signed").as("mean"))
        .where(col("patients").geq(FEWEST_PATIENTS))
        .orderBy(col("mean").desc(), col("code"))
        .limit(CODES)
        .collectAsList();
  }

  private static void print(Row code) {
    System.out.printf(
        Locale.ROOT,
        "%+.4f  %s (%d patients)%n",
        code.getDouble(2),
        code.getString(0),
        code.getLong(1));
  }
}
