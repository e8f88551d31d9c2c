package dev.gsig.spark;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Counts by text, such as events that were dropped by reason. Of more than {@value #MOST} different
 * texts the rest is counted together, so that it stays small.
 */
final class Tallies extends AccumulatorV2<Map<String, Long>, Map<String, Long>> {
  private static final long serialVersionUID = 1L;

  /** So many texts are told apart. */
  static final int MOST = 100;

  /** The text that stands for all others. */
  static final String OTHER = "for other reasons";

  private final int most;
  private final TreeMap<String, Long> counts = new TreeMap<>();

  Tallies() {
    this(MOST);
  }

  /**
   * Counts nothing yet.
   *
   * @param most so many texts are told apart
   */
  Tallies(int most) {
    this.most = most;
  }

  @Override
  public synchronized void add(Map<String, Long> more) {
    more.forEach(
        (text, count) -> {
          boolean room = counts.containsKey(text) || counts.size() < most;
          counts.merge(room ? text : OTHER, count, Long::sum);
        });
  }

  @Override
  public void merge(AccumulatorV2<Map<String, Long>, Map<String, Long>> other) {
    add(other.value());
  }

  @Override
  public synchronized Map<String, Long> value() {
    return new TreeMap<>(counts);
  }

  @Override
  public synchronized boolean isZero() {
    return counts.isEmpty();
  }

  @Override
  public AccumulatorV2<Map<String, Long>, Map<String, Long>> copy() {
    Tallies copy = new Tallies(most);
    copy.add(value());
    return copy;
  }

  @Override
  public synchronized void reset() {
    counts.clear();
  }

  /** Sent to the driver while the task goes on counting. */
  private synchronized void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
  }
}
