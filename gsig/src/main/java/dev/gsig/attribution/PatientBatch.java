package dev.gsig.attribution;

import dev.gsig.tensor.internal.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Patients whose steps go through the model in the same passes, each on a thread of their own. A
 * request waits until every patient has made one or has left; the last one to do so computes all
 * requests. So one thread at a time uses the backend.
 */
final class PatientBatch {
  private final Passes passes;
  private final List<PathRequest> waiting = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private final Phaser phaser =
      new Phaser() {
        @Override
        protected boolean onAdvance(int phase, int patients) {
          return patients == 0 || !compute();
        }
      };

  PatientBatch(Passes passes) {
    this.passes = passes;
  }

  /**
   * Does a task for every patient, each on a thread of its own.
   *
   * @param task makes its requests by {@link #run}
   * @return the results, in order
   * @throws RuntimeException what the first task that failed, or a pass, threw; the others are
   *     given up then
   */
  <T, R> List<R> map(List<T> patients, Function<T, R> task) {
    phaser.bulkRegister(patients.size());
    List<R> results = new ArrayList<>();
    try (Workers workers = new Workers(patients.size())) {
      workers.map(patients, patient -> attend(patient, task), results::add);
    }
    return results;
  }

  private <T, R> R attend(T patient, Function<T, R> task) {
    try {
      return task.apply(patient);
    } catch (RuntimeException | Error e) {
      giveUp(e);
      throw e;
    } finally {
      phaser.arriveAndDeregister();
    }
  }

  /** Has a patient's request computed together with those of the others. */
  void run(PathRequest request) {
    waiting.add(request);
    phaser.arriveAndAwaitAdvance();
    if (failure.get() != null) {
      throw Workers.unchecked(failure.get());
    }
  }

  private boolean compute() {
    try {
      passes.run(List.copyOf(waiting));
      return true;
    } catch (RuntimeException | Error e) {
      giveUp(e);
      return false;
    } finally {
      waiting.clear();
    }
  }

  private void giveUp(Throwable e) {
    failure.compareAndSet(null, e);
    phaser.forceTermination();
  }
}
