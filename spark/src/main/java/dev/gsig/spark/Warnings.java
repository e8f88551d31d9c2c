package dev.gsig.spark;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.internal.WarningCounts;
import java.io.IOException;
import java.io.ObjectOutputStream;
import org.apache.spark.util.AccumulatorV2;

/** Counts what was accepted about patients, as the command line counts it. */
final class Warnings extends AccumulatorV2<Attribution, WarningCounts> {
  private static final long serialVersionUID = 1L;

  private WarningCounts counts = new WarningCounts();

  @Override
  public synchronized void add(Attribution attribution) {
    counts.add(attribution);
  }

  @Override
  public synchronized void merge(AccumulatorV2<Attribution, WarningCounts> other) {
    counts.add(other.value());
  }

  /** A copy, for listeners keep it. */
  @Override
  public synchronized WarningCounts value() {
    WarningCounts copy = new WarningCounts();
    copy.add(counts);
    return copy;
  }

  @Override
  public synchronized boolean isZero() {
    return counts.patients() == 0;
  }

  @Override
  public Warnings copy() {
    Warnings copy = new Warnings();
    copy.counts = value();
    return copy;
  }

  @Override
  public synchronized void reset() {
    counts = new WarningCounts();
  }

  /** Sent to the driver while the task goes on counting. */
  private synchronized void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
  }
}
