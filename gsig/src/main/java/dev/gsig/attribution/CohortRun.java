package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.internal.Workers;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs over a cohort. */
final class CohortRun {
  private CohortRun() {}

  /**
   * Maps patients on threads of its own, and goes on behind those who cannot be used.
   *
   * @param inOrder takes the results, on the calling thread and in the order of the patients
   * @param leftOut takes the patients who cannot be used, and why, in their turn
   */
  static <R> void map(
      Iterable<Trajectory> patients,
      int threads,
      Function<Trajectory, R> function,
      Consumer<R> inOrder,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    try (Workers workers = new Workers(threads)) {
      workers.<Trajectory, Runnable>map(
          patients,
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
  }
}
