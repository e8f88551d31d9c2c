package dev.gsig.spark;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Counts the patients that could not be explained, by reason, with an example each. Of more than
 * {@value #MOST} different reasons the rest is counted together, so that it stays small.
 */
final class Rejections extends AccumulatorV2<Rejections.Rejection, Map<String, Rejections.Tally>> {
  private static final long serialVersionUID = 1L;

  /** So many reasons are told apart. */
  static final int MOST = 100;

  /** The reason that stands for all others. */
  static final String OTHER = "other reasons";

  private final TreeMap<String, Tally> tallies = new TreeMap<>();

  /**
   * A patient that was left out.
   *
   * @param where file and byte, or patient
   * @param reason why
   */
  record Rejection(String where, String reason) implements Serializable {
    /**
     * From an exception whose message begins with where, so that what is wrong in the same way is
     * counted together.
     *
     * @param where may be missing in the message, then all of it is the reason
     */
    static Rejection of(String where, InvalidInputException e) {
      return new Rejection(where, e.reason(where));
    }
  }

  /**
   * How often there was a reason.
   *
   * @param count patients
   * @param example where it was; the first in alphabetical order, whatever the order of tasks
   */
  record Tally(long count, String example) implements Serializable {
    Tally plus(Tally other) {
      return new Tally(
          count + other.count, example.compareTo(other.example) <= 0 ? example : other.example);
    }
  }

  @Override
  public synchronized void add(Rejection rejection) {
    add(rejection.reason(), new Tally(1, rejection.where()));
  }

  private void add(String reason, Tally tally) {
    boolean room = tallies.containsKey(reason) || tallies.size() < MOST;
    tallies.merge(room ? reason : OTHER, tally, Tally::plus);
  }

  @Override
  public synchronized void merge(AccumulatorV2<Rejection, Map<String, Tally>> other) {
    other.value().forEach(this::add);
  }

  @Override
  public synchronized Map<String, Tally> value() {
    return new TreeMap<>(tallies);
  }

  @Override
  public synchronized boolean isZero() {
    return tallies.isEmpty();
  }

  @Override
  public synchronized AccumulatorV2<Rejection, Map<String, Tally>> copy() {
    Rejections copy = new Rejections();
    copy.tallies.putAll(tallies);
    return copy;
  }

  @Override
  public synchronized void reset() {
    tallies.clear();
  }

  /** Sent to the driver while the task goes on counting. */
  private synchronized void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
  }
}
