package dev.gsig.attribution;

import dev.gsig.attribution.Passes.Request;
import dev.gsig.tensor.internal.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.function.Function;

/**
 * Patients who are computed at the same time, each on a thread of its own, so that their steps go
 * through the model in the same passes. Whoever asks for something waits until all others have
 * asked, too, or have left; the last one to do so computes it for all. So one thread at a time uses
 * the backend.
 */
final class Company {
  private final Passes passes;
  private final List<Request> waiting = new ArrayList<>();
  private volatile Throwable failure;

  private final Phaser phaser =
      new Phaser() {
        @Override
        protected boolean onAdvance(int phase, int members) {
          return members == 0 || !compute();
        }
      };

  Company(Passes passes) {
    this.passes = passes;
  }

  /**
   * Lets every member do its task, each on a thread of its own.
   *
   * @return the results, in order
   * @throws RuntimeException what the first task that failed, or a pass, threw; the others are
   *     given up then
   */
  <T, R> List<R> map(List<T> members, Function<T, R> task) {
    phaser.bulkRegister(members.size());
    List<R> results = new ArrayList<>();
    try (Workers workers = new Workers(members.size())) {
      workers.map(members, m -> attend(m, task), results::add);
    }
    return results;
  }

  private <T, R> R attend(T member, Function<T, R> task) {
    try {
      return task.apply(member);
    } catch (RuntimeException | Error e) {
      giveUp(e);
      throw e;
    } finally {
      phaser.arriveAndDeregister();
    }
  }

  /** Has a member's request computed together with those of the others. */
  void run(Request request) {
    synchronized (waiting) {
      waiting.add(request);
    }
    phaser.arriveAndAwaitAdvance();
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  private boolean compute() {
    synchronized (waiting) {
      try {
        passes.run(waiting);
        return true;
      } catch (RuntimeException | Error e) {
        giveUp(e);
        return false;
      } finally {
        waiting.clear();
      }
    }
  }

  private void giveUp(Throwable e) {
    synchronized (this) {
      failure = failure == null ? e : failure;
    }
    phaser.forceTermination();
  }
}
