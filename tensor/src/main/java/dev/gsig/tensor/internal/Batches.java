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
     * Computes some items.
     *
     * @param from number of the first
     * @param to one past the last
     * @param lastChance to be run before anything is done that must not be done twice; without
     *     memory after that, the whole computation fails
     */
    void run(int from, int to, Runnable lastChance);
  }

  /**
   * Batches.
   *
   * @param most items at once, at least 1
   */
  public Batches(int most) {
    this.most = Math.max(1, most);
  }

  /** Items at once. */
  public int most() {
    return most;
  }

  /** What a batch of so many items did not fit into: from now on half as many at once. */
  public void halve(int items) {
    most = Math.max(1, Math.min(most, (items + 1) / 2));
  }

  /**
   * Computes the items from a first one on, in order.
   *
   * @param from number of the first
   * @param items how many there are
   * @throws DeviceMemoryException if there is no memory for one
   */
  public void run(Backend backend, int from, int items, Batch batch) {
    for (int first = from; first < items; ) {
      int to = Math.min(items, first + most);
      if (fits(backend, first, to, batch)) {
        first = to;
      } else {
        halve(to - first);
      }
    }
  }

  private static boolean fits(Backend backend, int from, int to, Batch batch) {
    boolean[] tooLate = {false};
    try {
      backend.attempt(
          () -> {
            batch.run(from, to, () -> tooLate[0] = true);
            return null;
          });
      return true;
    } catch (DeviceMemoryException | OutOfMemoryError e) {
      if (tooLate[0] || to - from == 1) {
        throw shortage(e);
      }
      return false;
    }
  }

  /** The exception for a want of memory, however it showed. */
  public static DeviceMemoryException shortage(Throwable e) {
    return e instanceof DeviceMemoryException d ? d : DeviceMemoryException.ofHeap(0);
  }
}
