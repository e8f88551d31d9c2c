package dev.gsig.bench;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What the bounded path measure costs on top of its gradients: the time of an explanation against
 * that of the midpoint rule, which has the same gradients at the same points. Patients are
 * explained by both in turn, and the processor time of the thread is counted, so that other work on
 * the machine disturbs little.
 */
public final class MeasureShare {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private MeasureShare() {}

  /** Arguments: steps, rounds over the demo's test cohort. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(args.length == 2, "MeasureShare STEPS ROUNDS");
          int steps = Command.number("STEPS", args[0], 1);
          double[] shares = new double[Command.number("ROUNDS", args[1], 1)];
          List<Trajectory> patients = BenchmarkModel.DEMO.patients();
          for (int round = 0; round < shares.length; round++) {
            shares[round] = share(patients, steps);
          }
          // The first rounds are the JIT compiler's.
          double[] later = Arrays.copyOfRange(shares, shares.length / 2, shares.length);
          Arrays.sort(later);
          System.out.printf(
              Locale.ROOT,
              "second half of the rounds: %.1f%% to %.1f%%, median %.1f%%%n",
              100 * later[0],
              100 * later[later.length - 1],
              100 * later[later.length / 2]);
        });
  }

  /** One round; returns the share of the explanations' time that is not the midpoint rule's. */
  static double share(List<Trajectory> patients, int steps) {
    ExplainOptions rule = Options.ig(Quadrature.MIDPOINT, steps);
    Explainer midpoint = BenchmarkModel.DEMO.explainer(rule);
    Explainer measure =
        BenchmarkModel.DEMO.explainer(
            Options.ig(Quadrature.RIGHT, steps).withMethod(PathMethods.BOUNDED_MEASURE));
    long plain = 0;
    long bounded = 0;
    for (Trajectory patient : patients) {
      long start = THREADS.getCurrentThreadCpuTime();
      midpoint.explain(patient);
      long between = THREADS.getCurrentThreadCpuTime();
      Attribution attribution = measure.explain(patient);
      bounded += THREADS.getCurrentThreadCpuTime() - between;
      plain += between - start;
      requireSolved(attribution);
    }
    double share = (double) (bounded - plain) / bounded;
    System.out.printf(
        Locale.ROOT,
        "midpoint rule %.2f ms, bounded measure %.2f ms a patient: share %.1f%%%n",
        plain / 1e6 / patients.size(),
        bounded / 1e6 / patients.size(),
        100 * share);
    return share;
  }

  private static void requireSolved(Attribution a) {
    if (!(a.measure().dualityGap() <= 1e-4)
        || (a.measure().complete() && a.completenessGap() > 1e-9)) {
      throw new IllegalStateException(a.subjectId() + ": not solved, or not complete");
    }
  }
}
