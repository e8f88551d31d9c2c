package dev.gsig.spark;

import dev.gsig.cli.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Moves a progress bar by the accumulator of explained patients: what finished tasks brought, and
 * what running ones report with the heartbeats of their executors. A bar does not go back when a
 * task fails.
 */
final class PatientProgress extends SparkListener implements AutoCloseable {
  private final SparkSession spark;
  private final Counters counters;
  private final Progress progress;
  private final Map<Long, Long> running = new ConcurrentHashMap<>();
  private long shown;

  PatientProgress(SparkSession spark, Counters counters, Progress progress) {
    this.spark = spark;
    this.counters = counters;
    this.progress = progress;
  }

  /** Begins to move the bar. */
  void listen() {
    spark.sparkContext().addSparkListener(this);
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task -> {
              for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
                if (info.id() == counters.patientsId() && info.update().isDefined()) {
                  running.put((Long) task._1(), ((Number) info.update().get()).longValue());
                }
              }
            });
    show();
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
    show();
  }

  private synchronized void show() {
    long done = counters.patients() + running.values().stream().mapToLong(Long::longValue).sum();
    for (; shown < done; shown++) {
      progress.step();
    }
  }

  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(this);
  }
}
