package dev.gsig.tensor.internal;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A fixed number of threads that take tasks one after the other, and map streams of items in order.
 * Daemons, started as needed.
 */
public final class Workers implements AutoCloseable {
  /** Items in work for each thread: enough to keep all busy behind a slow one. */
  private static final int AHEAD = 4;

  private final ThreadPoolExecutor pool;

  /**
   * Threads.
   *
   * @throws IllegalArgumentException if there is not one
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
    }
    pool =
        new ThreadPoolExecutor(
            threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons());
  }

  private static ThreadFactory daemons() {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "gsig-worker-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** How many there are. */
  public int count() {
    return pool.getMaximumPoolSize();
  }

  /** How many have nothing to do and nothing waiting for them, at about this moment. */
  public int idle() {
    return pool.getQueue().isEmpty() ? count() - pool.getActiveCount() : 0;
  }

  /** Has a task run when a thread is free. */
  public <R> Future<R> submit(Callable<R> task) {
    return pool.submit(task);
  }

  /** Has a task run on some of the threads that are idle; it may never run, and may fail. */
  public void offer(int threads, Runnable task) {
    try {
      for (int i = 0; i < threads; i++) {
        Future<?> unused = pool.submit(task);
      }
    } catch (RejectedExecutionException e) {
      // closed meanwhile: whoever asks is about to be told to stop
    }
  }

  /**
   * Maps every item. Items are read, and results delivered, on the calling thread, a few items
   * ahead of the results and in the order of the items. Whatever this throws, close the workers
   * afterwards: only then is nothing left running.
   *
   * @param items read once
   * @param function called on the workers
   * @param inOrder takes the results
   * @throws RuntimeException what the function, the source or the sink threw, after the results of
   *     all items before were delivered
   */
  public <T, R> void map(Iterable<T> items, Function<T, R> function, Consumer<R> inOrder) {
    map(items, AHEAD, function, inOrder);
  }

  /**
   * Maps every item as {@link #map(Iterable, Function, Consumer)} does.
   *
   * @param ahead items in work for each thread, at least 1: fewer where results are large
   */
  public <T, R> void map(
      Iterable<T> items, int ahead, Function<T, R> function, Consumer<R> inOrder) {
    ArrayDeque<Future<R>> pending = new ArrayDeque<>();
    Iterator<T> source = items.iterator();
    RuntimeException unreadable = null;
    while (unreadable == null) {
      T item;
      try {
        if (!source.hasNext()) {
          break;
        }
        item = source.next();
      } catch (RuntimeException e) {
        unreadable = e;
        break;
      }
      if (pending.size() >= count() * ahead) {
        inOrder.accept(get(pending.remove()));
      }
      pending.add(submit(() -> function.apply(item)));
      while (!pending.isEmpty() && pending.peek().isDone()) {
        inOrder.accept(get(pending.remove()));
      }
    }
    while (!pending.isEmpty()) {
      inOrder.accept(get(pending.remove()));
    }
    if (unreadable != null) {
      throw unreadable;
    }
  }

  private static <R> R get(Future<R> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a result", e);
    }
  }

  /** What a task on another thread threw, to be thrown on this one; an error is thrown at once. */
  public static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }

  /**
   * Drops what waits, interrupts what runs, and waits for it: a model in the middle of a pass does
   * not heed an interrupt.
   */
  @Override
  public void close() {
    pool.shutdownNow();
    boolean interrupted = false;
    boolean stopped = false;
    while (!stopped) {
      try {
        stopped = pool.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
