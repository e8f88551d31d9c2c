package dev.gsig.attribution.internal.run;

import dev.gsig.tensor.internal.Workers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Numbered tasks that several threads share. Each thread takes the next task that nobody has taken;
 * what a task does after {@link #awaitTurn} is done for one task after the other, in ascending
 * order. Behind a task that fails none has a turn.
 */
public final class OrderedTasks {
  private final AtomicInteger next = new AtomicInteger();
  private final ConcurrentSkipListMap<Integer, Throwable> failures = new ConcurrentSkipListMap<>();
  private volatile int turnsBegun;

  /** For each task, whether it was done; completed when its thread is through with it. */
  private final List<CompletableFuture<Boolean>> done;

  /**
   * Tasks.
   *
   * @param count how many; numbered from 0
   */
  public OrderedTasks(int count) {
    done = Stream.generate(CompletableFuture<Boolean>::new).limit(count).toList();
  }

  /**
   * Works on tasks until none is left. To be called by every thread that takes part; what a task
   * throws is thrown by {@link #finish}.
   *
   * @param task is given a number, and asks for its turn
   */
  public void work(IntConsumer task) {
    for (int i = next.getAndIncrement(); i < done.size(); i = next.getAndIncrement()) {
      boolean success = false;
      try {
        if (failures.isEmpty()) {
          task.accept(i);
          success = isDoneBefore(i);
        }
      } catch (RuntimeException | Error e) {
        failures.put(i, e);
      } finally {
        done.get(i).complete(success);
      }
    }
  }

  /** Waits for the task before; an interrupt is left to whoever heeds it. */
  private boolean isDoneBefore(int task) {
    return task == 0 || done.get(task - 1).join();
  }

  /**
   * Waits for the turn of a task.
   *
   * @return false if there will be none, because a task before failed
   */
  public boolean awaitTurn(int task) {
    boolean mayBegin = isDoneBefore(task);
    if (mayBegin) {
      turnsBegun = task + 1;
    }
    return mayBegin;
  }

  /**
   * Waits until no thread works on a task. To be called by the thread whose tasks they are, after
   * its {@link #work}.
   *
   * @throws RuntimeException what the first task that failed threw
   */
  public void finish() {
    done.forEach(CompletableFuture::join);
    if (!failures.isEmpty()) {
      throw Workers.unchecked(failures.firstEntry().getValue());
    }
  }

  /** After {@link #finish}: how many tasks from the first on were done. */
  public int completed() {
    return (int) done.stream().takeWhile(CompletableFuture::join).count();
  }

  /** After {@link #finish}: whether a task failed in its turn, so that it may be half done. */
  public boolean failedInTurn() {
    return turnsBegun > completed();
  }
}
