package dev.gsig.attribution;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** Maps a stream of items on several threads and delivers the results in order. */
final class OrderedParallel {
  /** Items in work for each thread: enough to keep all busy behind a slow one. */
  private static final int AHEAD = 4;

  private OrderedParallel() {}

  /**
   * Maps every item.
   *
   * @throws RuntimeException what the function, the source or the sink threw, after the results of
   *     all items before were delivered; nothing is left running
   */
  static <T, R> void map(
      Iterable<T> items, int threads, Function<T, R> function, Consumer<R> inOrder) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
    }
    ExecutorService workers = Executors.newFixedThreadPool(threads, daemons());
    try {
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
        if (pending.size() >= threads * AHEAD) {
          inOrder.accept(get(pending.remove()));
        }
        pending.add(workers.submit(() -> function.apply(item)));
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
    } finally {
      stop(workers);
    }
  }

  /** Waits for what is in work: a model in the middle of a patient does not heed an interrupt. */
  private static void stop(ExecutorService workers) {
    workers.shutdownNow();
    boolean interrupted = false;
    boolean stopped = false;
    while (!stopped) {
      try {
        stopped = workers.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory daemons() {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "gsig-worker-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
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
      throw new IllegalStateException("interrupted while waiting for a patient", e);
    }
  }
}
