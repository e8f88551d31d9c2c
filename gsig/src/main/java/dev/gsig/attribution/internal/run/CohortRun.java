package dev.gsig.attribution.internal.run;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.Batches;
import dev.gsig.tensor.internal.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A run over a cohort: it is read, and results are delivered, on the calling thread and in the
 * order of the patients.
 *
 * @param inOrder takes the results
 * @param leftOut takes the patients who cannot be used, and why, in their turn; what it throws ends
 *     the run
 */
public record CohortRun<R>(
    Consumer<R> inOrder, BiConsumer<Trajectory, InvalidInputException> leftOut) {
  /** Stops at a patient who cannot be used. */
  public static final BiConsumer<Trajectory, InvalidInputException> REFUSE =
      (patient, reason) -> {
        throw reason;
      };

  /**
   * Maps patients on several threads.
   *
   * @param atEnd run when the threads are done, or failed: lets go of the memory that they took
   */
  public void map(
      Runnable atEnd, Iterable<Trajectory> cohort, int threads, Function<Trajectory, R> function) {
    mapGroups(atEnd, cohort, threads, 1, (one, workers) -> List.of(function.apply(one.get(0))));
  }

  /**
   * Maps patients in groups. A group that cannot be mapped is mapped in two halves, so that a
   * patient who cannot be used is found, and that memory for one is enough.
   *
   * @param atEnd run when the threads are done, or failed: lets go of the memory that they took
   * @param size of a group
   * @param function of a group and all threads, some of which may be idle
   */
  public void mapGroups(
      Runnable atEnd,
      Iterable<Trajectory> cohort,
      int threads,
      int size,
      BiFunction<List<Trajectory>, Workers, List<R>> function) {
    try (Workers workers = new Workers(threads)) {
      workers.<List<Trajectory>, List<Runnable>>map(
          new Chunks<>(cohort, size),
          group -> deliveries(group, some -> function.apply(some, workers)),
          deliveries -> deliveries.forEach(Runnable::run));
    } finally {
      atEnd.run();
    }
  }

  /** What became of each patient, to be said in their turn. */
  private List<Runnable> deliveries(
      List<Trajectory> group, Function<List<Trajectory>, List<R>> function) {
    try {
      return function.apply(group).stream().map(this::delivery).toList();
    } catch (InvalidInputException | DeviceMemoryException | OutOfMemoryError e) {
      if (group.size() == 1) {
        return List.of(() -> refuse(group.get(0), e));
      }
      int half = group.size() / 2;
      List<Runnable> both = new ArrayList<>(deliveries(group.subList(0, half), function));
      both.addAll(deliveries(group.subList(half, group.size()), function));
      return both;
    }
  }

  private Runnable delivery(R result) {
    return () -> inOrder.accept(result);
  }

  private void refuse(Trajectory patient, Throwable e) {
    if (!(e instanceof InvalidInputException reason)) {
      throw Batches.shortage(e);
    }
    leftOut.accept(patient, reason);
  }
}
