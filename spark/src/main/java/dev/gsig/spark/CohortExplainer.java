package dev.gsig.spark;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.ehr.InvalidInputException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Explains a cohort on Spark:
 *
 * <pre>{@code
 * CohortExplainer explainer =
 *     CohortExplainer.of(spark, Settings.of(Path.of("model"), ExplainOptions.DEFAULT));
 * Dataset<Row> attributions = explainer.explain(spark.read().parquet("trajectories.parquet"));
 * attributions.write().parquet("attributions.parquet");
 * explainer.counters().patients();
 * }</pre>
 *
 * <p>The model is broadcast once and loaded once in each executor. A task computes on its own
 * thread and holds one patient at a time. A patient's attribution has the same bits on every
 * executor and in every attempt. Who cannot be explained is left out and counted.
 */
public final class CohortExplainer {
  private final Broadcast<Shipment> shipment;
  private final Counters counters;
  private final LoadedModel model;
  private final boolean sortVisits;

  private CohortExplainer(
      Broadcast<Shipment> shipment, Counters counters, LoadedModel model, boolean sortVisits) {
    this.shipment = shipment;
    this.counters = counters;
    this.model = model;
    this.sortVisits = sortVisits;
  }

  /**
   * Loads a model on the driver, which finds out what is wrong with it before any task starts, and
   * ships it. Where tasks run in the driver's JVM, that JVM warms up on a thread of its own until
   * the first task, for some seconds at most.
   *
   * @param spark the session
   * @param settings what to explain with
   * @return an explainer with counters at zero
   * @throws InvalidInputException if the model cannot be used, or the options do not fit it
   * @throws IllegalArgumentException if there is no such backend
   */
  public static CohortExplainer of(SparkSession spark, Settings settings) {
    DriverModel model = DriverModel.load(settings);
    if (spark.sparkContext().isLocal()) {
      WarmUp.OF_THIS_JVM.start(model);
    }
    return of(spark, model);
  }

  /** Ships a model that is loaded. */
  static CohortExplainer of(SparkSession spark, DriverModel model) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return new CohortExplainer(
        context.broadcast(model.shipment()),
        new Counters(spark.sparkContext()),
        model.loaded(),
        false);
  }

  /**
   * An explainer that sorts the visits of patients that are not in the order of their times; one
   * with a visit that has no time that can be read is left out then. Without, the model reads
   * visits as they stand.
   *
   * @return an explainer that shares this one's model and counters
   */
  public CohortExplainer sortingVisits() {
    return new CohortExplainer(shipment, counters, model, true);
  }

  /**
   * Explains patients; nothing is computed before the result is asked for.
   *
   * @param trajectories with the columns of {@link Trajectories#schema}, others are left out
   * @return the columns of {@link Attributions#schema}; the rows keep their order and partitions
   * @throws InvalidInputException if a column is missing
   */
  public Dataset<Row> explain(Dataset<Row> trajectories) {
    Dataset<Row> patients = Trajectories.columns(trajectories);
    return patients.mapPartitions(
        new ExplainPartition(shipment, counters, sortVisits, patients.schema()),
        Encoders.row(Attributions.schema()));
  }

  /** Explains patients below Spark SQL; nothing is computed before the result is asked for. */
  JavaRDD<Row> explain(Patients patients) {
    return patients
        .rows()
        .mapPartitions(new ExplainPartition(shipment, counters, sortVisits, patients.schema()));
  }

  /** What the tasks counted, over all that this explainer explained. */
  public Counters counters() {
    return counters;
  }

  /** How patients are explained. */
  ExplainOptions options() {
    return shipment.value().options();
  }

  /** The model in the driver's memory. */
  LoadedModel model() {
    return model;
  }
}
