package dev.gsig.tensor.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;

/**
 * Does items in batches as large as memory allows, the device's and the heap's alike: half as many
 * at once whenever a batch does not fit, and from then on. Belongs to one thread at a time.
 */
public final class Batches {
  private int most;

  /** A batch. */
  public interface Batch {
    /**
     * Computes some items; again some of them, where there was no memory for all.
     *
     * @param from number of the first
     * @param to one past the last
     */
    void run(int from, int to);
  }

  /**
   * Batches.
   *
   * @param most items at once, at least 1
   */
  public Batches(int most) {
    this.most = Math.max(1, most);
  }

  /**
   * Computes items in order.
   *
   * @param items how many there are
   * @throws DeviceMemoryException if there is no memory for one
   */
  public void run(Backend backend, int items, Batch batch) {
    for (int first = 0; first < items; ) {
      int from = first;
      int to = Math.min(items, from + most);
      try {
        backend.attempt(
            () -> {
              batch.run(from, to);
              return null;
            });
        first = to;
      } catch (DeviceMemoryException | OutOfMemoryError e) {
        if (to - from == 1) {
          throw shortage(e);
        }
        most = (to - from + 1) / 2;
      }
    }
  }

  /** The exception for a want of memory, however it showed. */
  public static DeviceMemoryException shortage(Throwable e) {
    return e instanceof DeviceMemoryException d ? d : DeviceMemoryException.ofHeap(0);
  }
}
