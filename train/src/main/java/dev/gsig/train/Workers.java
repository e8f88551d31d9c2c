package dev.gsig.train;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.Batches;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Threads, each with a backend of its own; results come in the order of the items. An item for
 * which there was no memory is computed once more while the other threads wait: its bits depend on
 * what is computed together, so it cannot be halved.
 */
final class Workers implements AutoCloseable {
  /** Items in work for each thread. */
  private static final int AHEAD = 2;

  private final Backend base;
  private final int threads;
  private final ExecutorService pool;
  private final ConcurrentLinkedQueue<Backend> free = new ConcurrentLinkedQueue<>();
  private final List<Backend> all = new ArrayList<>();

  /** Read by whoever computes beside others, written by whoever needs all the memory. */
  private final ReadWriteLock memory = new ReentrantReadWriteLock(true);

  /**
   * Starts the threads.
   *
   * @param base is forked; stays the caller's
   */
  Workers(Backend base, int threads) {
    this.base = base;
    this.threads = threads;
    pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "gsig-train");
              thread.setDaemon(true);
              return thread;
            });
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
   * @throws DeviceMemoryException if there is no memory for one item alone
   */
  <T, R> void map(List<T> items, BiFunction<Backend, T, R> function, Consumer<R> inOrder) {
    ArrayDeque<Future<R>> pending = new ArrayDeque<>();
    for (T item : items) {
      if (pending.size() >= threads * AHEAD) {
        inOrder.accept(get(pending.remove()));
      }
      pending.add(pool.submit(() -> withBackend(function, item)));
    }
    while (!pending.isEmpty()) {
      inOrder.accept(get(pending.remove()));
    }
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

  private static <R> R get(Future<R> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while training", e);
    }
  }

  /** Waits for what is in work, then ends the threads. */
  @Override
  public void close() {
    pool.shutdownNow();
    try {
      if (pool.awaitTermination(1, java.util.concurrent.TimeUnit.HOURS)) {
        all.forEach(Backend::close);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
