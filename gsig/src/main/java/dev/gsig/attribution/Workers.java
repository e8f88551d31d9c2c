package dev.gsig.attribution;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A fixed number of threads that take tasks one after the other. Daemons, started as needed. */
final class Workers implements AutoCloseable {
  private final ThreadPoolExecutor pool;

  /**
   * Threads.
   *
   * @throws IllegalArgumentException if there is not one
   */
  Workers(int threads) {
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
  int count() {
    return pool.getMaximumPoolSize();
  }

  /** How many have nothing to do and nothing waiting for them, at about this moment. */
  int idle() {
    return pool.getQueue().isEmpty() ? count() - pool.getActiveCount() : 0;
  }

  <R> Future<R> submit(Callable<R> task) {
    return pool.submit(task);
  }

  /** Has a task run on some of the threads that are idle; it may never run, and may fail. */
  void offer(int threads, Runnable task) {
    try {
      for (int i = 0; i < threads; i++) {
        Future<?> unused = pool.submit(task);
      }
    } catch (RejectedExecutionException e) {
      // closed meanwhile: whoever asks is about to be told to stop
    }
  }

  /**
   * Drops what waits, interrupts what runs, and waits for it: a model in the middle of a patient
   * does not heed an interrupt.
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
