package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Maps a stream of items on several threads and delivers the results in order. */
final class OrderedParallel {
  /** Items in work for each thread: enough to keep all busy behind a slow one. */
  private static final int AHEAD = 4;

  private OrderedParallel() {}

  /**
   * Maps every item on threads of its own.
   *
   * @throws RuntimeException what the function, the source or the sink threw, after the results of
   *     all items before were delivered
   */
  static <T, R> void map(
      Iterable<T> items, int threads, Function<T, R> function, Consumer<R> inOrder) {
    try (Workers workers = new Workers(threads)) {
      map(items, workers, function, inOrder);
    }
  }

  /**
   * Maps patients on threads of its own, and goes on behind those who cannot be used.
   *
   * @param leftOut takes them, and why, in their turn
   */
  static <R> void map(
      Iterable<Trajectory> patients,
      int threads,
      Function<Trajectory, R> function,
      Consumer<R> inOrder,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    OrderedParallel.<Trajectory, Runnable>map(
        patients,
        threads,
        patient -> {
          try {
            R result = function.apply(patient);
            return () -> inOrder.accept(result);
          } catch (InvalidInputException e) {
            return () -> leftOut.accept(patient, e);
          }
        },
        Runnable::run);
  }

  /**
   * Maps every item.
   *
   * @param workers to be closed afterwards, whatever this throws: only then is nothing left running
   * @throws RuntimeException what the function, the source or the sink threw, after the results of
   *     all items before were delivered
   */
  static <T, R> void map(
      Iterable<T> items, Workers workers, Function<T, R> function, Consumer<R> inOrder) {
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
      if (pending.size() >= workers.count() * AHEAD) {
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
