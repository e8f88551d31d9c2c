package dev.gsig.bench;

import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.Evaluator;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Locale;

/**
 * How much heap plain integrated gradients need, for few steps and for many; or a prediction, or
 * the evaluation of a patient. The heap is collected in full all through the run, and what each
 * collection leaves is counted: live memory, which does not depend on how much garbage a collector
 * happens to let lie.
 */
public final class PeakHeap {
  private static final int PAUSE_MILLISECONDS = 10;

  /** Passes are short: the collections see the peak of some of many. */
  private static final int PREDICTIONS = 200;

  private PeakHeap() {}

  /**
   * Arguments: model, a number of steps, a larger one; or model, {@code predict} or {@code
   * evaluate}.
   */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(
              args.length == 3 || args.length == 2,
              "PeakHeap MODEL STEPS MORE_STEPS, or PeakHeap MODEL predict|evaluate");
          BenchmarkModel model = Command.constant(BenchmarkModel.class, "MODEL", args[0]);
          if (args.length == 2) {
            Work work = Command.constant(Work.class, "what is measured", args[1]);
            long bytes = work == Work.PREDICT ? predicting(model) : evaluating(model);
            report(model, args[1], bytes);
            return;
          }
          int few = Command.number("STEPS", args[1], 1);
          int many = Command.number("MORE_STEPS", args[2], few);
          peak(model, few, 1); // classes and what the JVM keeps for compiled code
          long least = report(model, few + " steps", peak(model, few, many / few));
          long most = report(model, many + " steps", peak(model, many, 1));
          System.out.printf(Locale.ROOT, "ratio %.3f%n", (double) most / least);
        });
  }

  private enum Work {
    PREDICT,
    EVALUATE
  }

  private static long report(BenchmarkModel model, String what, long bytes) {
    System.out.printf(
        Locale.ROOT, "model %s, %s: %.2f MiB live at the peak%n", model, what, bytes / 1048576.0);
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
    return peak(times, () -> explainer.explain(patient));
  }

  private static long predicting(BenchmarkModel model) {
    Trajectory patient = model.patients().get(0);
    Model loaded = Model.load(model.folder());
    return peak(PREDICTIONS, () -> loaded.predict(patient));
  }

  /** Integrated gradients, which is compared with leaving one code out, by removing codes. */
  private static long evaluating(BenchmarkModel model) {
    Trajectory patient = model.patients().get(0);
    EvaluationOptions options =
        new EvaluationOptions(
            List.of(EvaluatedMethods.IG, EvaluatedMethods.OCCLUSION),
            List.of(SequenceBaselines.ZERO),
            50,
            TabularBaselines.ZERO,
            Target.LOGIT,
            null,
            RemovalRules.PAD,
            SequenceBaselines.PAD,
            List.of(20.0),
            1);
    Baseline baseline = Baseline.load(model.folder().resolve(Baseline.FILE_NAME));
    Evaluator evaluator = Evaluator.of(Model.load(model.folder()), baseline, null, options);
    return peak(2, () -> evaluator.evaluate(patient));
  }

  /** Largest number of live bytes seen while this is done so many times. */
  static long peak(int times, Runnable work) {
    Thread worker =
        new Thread(
            () -> {
              for (int i = 0; i < times; i++) {
                work.run();
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
