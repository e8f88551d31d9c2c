package dev.gsig.cuda.internal;

import java.util.List;

/** Gives several things back, each whatever becomes of the others. */
final class Cleanup {
  private Cleanup() {}

  /**
   * Runs all steps in order.
   *
   * @throws RuntimeException what the first step that failed threw, the others' suppressed in it
   */
  static void all(List<Runnable> steps) {
    RuntimeException failure = null;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
