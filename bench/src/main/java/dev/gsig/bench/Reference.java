package dev.gsig.bench;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.Trajectory;
import java.util.stream.DoubleStream;

/**
 * Explanations of the {@code ejml} backend, in float64, which the benchmarks' results are held to.
 * It is slow, so it is asked for as few gradients as will do.
 */
final class Reference {
  /** Search on shared nodes may take a theta whose l21 is larger than the smallest by this much. */
  static final double L21_TOLERANCE = 2e-3;

  /** Nodes of Gauss-Legendre that leave no error worth speaking of in the benchmarks' integrals. */
  private static final int NODES = 16;

  /** Bound of the second-order term of {@link #rightSum}, times K^2, relative to the largest. */
  private static final double SECOND_ORDER = 2;

  private final BenchmarkModel benchmark;
  private final Model model;

  Reference(BenchmarkModel benchmark) {
    this.benchmark = benchmark;
    model = Model.load(benchmark.folder(), "ejml");
  }

  /**
   * Checks an attribution.
   *
   * @param options what it was computed with; right Riemann sums only
   * @throws IllegalStateException if a score is off
   */
  void check(Attribution result, ExplainOptions options, Trajectory patient) {
    if (options.method().equals(PathMethods.GSIG)) {
      checkGsig(result, options, patient);
    } else if (options.path().steps() <= NODES) {
      close(result, scores(explain(patient, options)), Check.TOLERANCE);
    } else {
      double k = options.path().steps();
      close(result, rightSum(patient, k), Check.TOLERANCE + SECOND_ORDER / (k * k));
    }
  }

  /**
   * The right Riemann sum of many steps from few gradients, after Euler and Maclaurin: {@code
   * integral + (g(1) - g(0)) / 2K + O(1 / K^2)}. The sums of one step are g(1) and g(0).
   */
  private double[] rightSum(Trajectory patient, double k) {
    double[] sum = scores(explain(patient, Options.ig(Quadrature.GAUSS_LEGENDRE, NODES)));
    double[] last = scores(explain(patient, Options.ig(Quadrature.RIGHT, 1)));
    double[] first = scores(explain(patient, Options.ig(Quadrature.LEFT, 1)));
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (last[i] - first[i]) / (2 * k);
    }
    return sum;
  }

  /** The choice against a search of its own, the scores against those at the theta chosen. */
  private void checkGsig(Attribution result, ExplainOptions options, Trajectory patient) {
    int steps = options.path().steps();
    Attribution own =
        explain(
            patient, Options.gsig(steps, options.path().theta(), ThetaCandidates.Search.SHARED));
    if (!(result.l21() <= (1 + L21_TOLERANCE) * own.l21())) {
      throw new IllegalStateException(
          "wrong choice: l21 is %s at theta %s, but float64 finds %s at theta %s"
              .formatted(result.l21(), result.theta(), own.l21(), own.theta()));
    }
    Attribution same = own;
    if (own.theta() != result.theta()) {
      ThetaCandidates theta = ThetaCandidates.fixedAt(result.theta());
      same = explain(patient, Options.gsig(steps, theta, ThetaCandidates.Search.SHARED));
    }
    close(result, scores(same), Check.TOLERANCE);
  }

  private Attribution explain(Trajectory patient, ExplainOptions options) {
    return benchmark.explainer(model, options).explain(patient);
  }

  private static void close(Attribution result, double[] reference, double tolerance) {
    Check.close("attribution", scores(result), reference, tolerance);
  }

  /** The signed score of every code, of the special tokens and of every tabular value. */
  private static double[] scores(Attribution a) {
    DoubleStream codes = a.tokens().stream().mapToDouble(t -> t.scores().signed());
    DoubleStream special = DoubleStream.of(a.specialTokens().signed());
    DoubleStream tabular = a.tabular().stream().mapToDouble(Attribution.TabularScore::signed);
    return DoubleStream.concat(DoubleStream.concat(codes, special), tabular).toArray();
  }
}
