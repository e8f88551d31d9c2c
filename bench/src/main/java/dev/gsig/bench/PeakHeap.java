package dev.gsig.bench;

import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Quadrature;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Locale;

/**
 * How much heap plain integrated gradients need, for few steps and for many. The heap is collected
 * in full all through the run, and what each collection leaves is counted: live memory, which does
 * not depend on how much garbage a collector happens to let lie.
 */
public final class PeakHeap {
  private static final int PAUSE_MILLISECONDS = 10;

  private PeakHeap() {}

  /** Arguments: model, a number of steps, a larger one. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(args.length == 3, "PeakHeap MODEL STEPS MORE_STEPS");
          BenchmarkModel model = Command.constant(BenchmarkModel.class, "MODEL", args[0]);
          int few = Command.number("STEPS", args[1], 1);
          int many = Command.number("MORE_STEPS", args[2], few);
          peak(model, few, 1); // classes and what the JVM keeps for compiled code
          long least = report(model, few, peak(model, few, many / few));
          long most = report(model, many, peak(model, many, 1));
          System.out.printf(Locale.ROOT, "ratio %.3f%n", (double) most / least);
        });
  }

  private static long report(BenchmarkModel model, int steps, long bytes) {
    System.out.printf(
        "model %s, %d steps: %.2f MiB live at the peak%n", model, steps, bytes / 1048576.0);
    return bytes;
  }

  /**
   * Largest number of live bytes seen while a patient is explained, weights included.
   *
   * @param times how often the patient is explained
   */
  static long peak(BenchmarkModel model, int steps, int times) {
    Trajectory patient = model.patients().get(0);
    Explainer explainer = model.explainer(Options.ig(Quadrature.RIGHT, steps));
    Thread worker =
        new Thread(
            () -> {
              for (int i = 0; i < times; i++) {
                explainer.explain(patient);
              }
            });
    worker.start();
    long peak = 0;
    try {
      do {
        System.gc();
        peak = Math.max(peak, liveBytes());
        worker.join(PAUSE_MILLISECONDS);
      } while (worker.isAlive());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return peak;
  }

  /** What the last collection left in all pools of the heap. */
  private static long liveBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getCollectionUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
