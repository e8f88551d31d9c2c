package dev.gsig.train;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.Batches;
import dev.gsig.tensor.internal.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * {@link Workers}, each with a backend of its own. An item for which there was no memory is
 * computed once more while the other threads wait: its bits depend on what is computed together, so
 * it cannot be halved.
 */
final class BackendWorkers implements AutoCloseable {
  /** Items in work for each thread; few, since a result may be a gradient of all weights. */
  private static final int AHEAD = 2;

  private final Backend base;
  private final Workers workers;
  private final ConcurrentLinkedQueue<Backend> free = new ConcurrentLinkedQueue<>();
  private final List<Backend> all = new ArrayList<>();

  /** Read by whoever computes beside others, written by whoever needs all the memory. */
  private final ReadWriteLock memory = new ReentrantReadWriteLock(true);

  /**
   * Starts the threads.
   *
   * @param base is forked; stays the caller's
   */
  BackendWorkers(Backend base, int threads) {
    this.base = base;
    workers = new Workers(threads);
    for (int i = 0; i < threads; i++) {
      Backend fork = base.fork();
      all.add(fork);
      free.add(fork);
    }
  }

  /** A backend for weights that live no longer than one step. */
  Backend newLoader() {
    return base.fork();
  }

  /**
   * Maps every item; whatever the function throws is passed on.
   *
   * @param function may be asked for the same item twice
   * @param inOrder takes the results, on the calling thread and in the order of the items
   * @throws DeviceMemoryException if there is no memory for one item alone
   */
  <T, R> void map(List<T> items, BiFunction<Backend, T, R> function, Consumer<R> inOrder) {
    workers.<T, R>map(items, AHEAD, item -> withBackend(function, item), inOrder);
  }

  private <T, R> R withBackend(BiFunction<Backend, T, R> function, T item) {
    memory.readLock().lock();
    try {
      return compute(function, item);
    } catch (DeviceMemoryException | OutOfMemoryError e) {
      // below, once the others have ended
    } finally {
      memory.readLock().unlock();
    }
    memory.writeLock().lock();
    try {
      letGoOfArenas();
      return compute(function, item);
    } catch (DeviceMemoryException | OutOfMemoryError e) {
      throw Batches.shortage(e);
    } finally {
      memory.writeLock().unlock();
    }
  }

  private <T, R> R compute(BiFunction<Backend, T, R> function, T item) {
    Backend backend = free.remove();
    try {
      return backend.attempt(() -> function.apply(backend, item));
    } finally {
      free.add(backend);
    }
  }

  private void letGoOfArenas() {
    for (int i = 0; i < all.size(); i++) {
      Backend old = all.get(i);
      free.remove(old);
      old.close();
      Backend fresh = base.fork();
      all.set(i, fresh);
      free.add(fresh);
    }
  }

  /** Waits for what is in work, then lets go of the backends. */
  @Override
  public void close() {
    workers.close();
    all.forEach(Backend::close);
  }
}
