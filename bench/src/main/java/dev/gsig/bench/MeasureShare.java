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
 * that of the midpoint rule, which has the same gradients at the same points, or of the integral to
 * the same tolerance, which has most of them. Patients are explained by both in turn, and the
 * processor time of the thread is counted, so that other work on the machine disturbs little.
 */
public final class MeasureShare {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private MeasureShare() {}

  /** The bounded measure, and what it is held against. */
  record Pair(ExplainOptions plain, ExplainOptions measure) {
    /** With a number of steps. */
    static Pair steps(int steps) {
      return new Pair(
          Options.ig(Quadrature.MIDPOINT, steps),
          Options.ig(Quadrature.RIGHT, steps).withMethod(PathMethods.BOUNDED_MEASURE));
    }

    /** To a tolerance. */
    static Pair to(double tolerance) {
      return new Pair(
          Options.integral(PathMethods.IG, tolerance),
          Options.integral(PathMethods.BOUNDED_MEASURE, tolerance));
    }
  }

  /** Arguments: model, steps or a tolerance, rounds over the model's patients. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(args.length == 3, "MeasureShare MODEL STEPS|TOLERANCE ROUNDS");
          BenchmarkModel model = Command.constant(BenchmarkModel.class, "MODEL", args[0]);
          Pair pair =
              args[1].contains(".")
                  ? Pair.to(Command.fraction("TOLERANCE", args[1]))
                  : Pair.steps(Command.number("STEPS", args[1], 1));
          double[] shares = new double[Command.number("ROUNDS", args[2], 1)];
          List<Trajectory> patients = model.patients();
          for (int round = 0; round < shares.length; round++) {
            shares[round] = share(model, patients, pair);
          }
          // The first rounds are the JIT compiler's.
          double[] later = Arrays.copyOfRange(shares, shares.length / 2, shares.length);
          Arrays.sort(later);
          double median = later[later.length / 2];
          System.out.printf(
              Locale.ROOT,
              "second half of the rounds: %.1f%% to %.1f%%, median %.1f%%, %.2f times the time%n",
              100 * later[0],
              100 * later[later.length - 1],
              100 * median,
              1 / (1 - median));
        });
  }

  /** One round; returns the share of the measure's time that is not that of the plain integral. */
  static double share(BenchmarkModel model, List<Trajectory> patients, Pair pair) {
    Explainer integral = model.explainer(pair.plain);
    Explainer measure = model.explainer(pair.measure);
    long plain = 0;
    long bounded = 0;
    for (Trajectory patient : patients) {
      long start = THREADS.getCurrentThreadCpuTime();
      integral.explain(patient);
      long between = THREADS.getCurrentThreadCpuTime();
      Attribution attribution = measure.explain(patient);
      bounded += THREADS.getCurrentThreadCpuTime() - between;
      plain += between - start;
      requireSolved(attribution);
    }
    double share = (double) (bounded - plain) / bounded;
    System.out.printf(
        Locale.ROOT,
        "plain %.2f ms, bounded measure %.2f ms a patient: share %.1f%%%n",
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
