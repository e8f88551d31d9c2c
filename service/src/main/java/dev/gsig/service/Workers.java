package dev.gsig.service;

import dev.gsig.ehr.InvalidInputException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The threads that compute, and a few requests that wait for each; all others come again. */
final class Workers implements AutoCloseable {
  private final ThreadPoolExecutor pool;
  private final Duration limit;

  Workers(int threads, Limits limits) {
    limit = limits.time();
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(limits.waitingPerThread() * threads));
  }

  /**
   * Computes something on one of the threads.
   *
   * @throws Refusal if too many wait already, or it takes too long: 503
   * @throws InvalidInputException as the task does
   */
  <R> R compute(Callable<R> task) {
    Future<R> result;
    try {
      result = pool.submit(task);
    } catch (RejectedExecutionException e) {
      throw new Refusal(503, "too many requests at the same time; come again");
    }
    try {
      return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      result.cancel(true);
      throw new Refusal(
          503, "no answer within " + limit.toSeconds() + " s; come again, with fewer patients");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A request's share of the threads: one who is alone is answered sooner. */
  int share() {
    return Math.max(1, pool.getMaximumPoolSize() / Math.max(1, pool.getActiveCount()));
  }

  int computing() {
    return pool.getActiveCount();
  }

  int waiting() {
    return pool.getQueue().size();
  }

  /** The pool itself, for tests. */
  ThreadPoolExecutor pool() {
    return pool;
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
