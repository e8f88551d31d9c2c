package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark once, for its numbers: each checks its own and fails if they are wrong. */
class BenchmarkSmokeTest {
  @BeforeAll
  static void findTheCheckout() {
    System.setProperty(BenchmarkModel.HOME, "..");
    // Nothing is timed here, so another run of JMH on the machine does no harm.
    System.setProperty("jmh.ignoreLock", "true");
  }

  private static ChainedOptionsBuilder once(Class<?> benchmark) {
    return new OptionsBuilder()
        .include(benchmark.getName())
        .forks(0)
        .warmupIterations(0)
        .measurementIterations(1)
        .mode(Mode.SingleShotTime)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }

  /** The number of results says that nothing was left out. */
  private static void run(ChainedOptionsBuilder options, int expected) throws RunnerException {
    Collection<RunResult> results = new Runner(options.build()).run();
    assertThat(results).hasSize(expected);
  }

  @Test
  void matrixProducts() throws RunnerException {
    run(
        once(MatrixProductBenchmark.class).param("backend", "simd").param("steps", "1"),
        2 * (LinearLayer.values().length + SyntheticModel.values().length));
    run(
        once(MatrixProductBenchmark.class)
            .param("backend", "ejml")
            .param("layer", "ODD")
            .param("model", "S"),
        4);
  }

  @Test
  void passes() throws RunnerException {
    run(once(PassBenchmark.class).param("model", "S", "DEMO").param("steps", "2"), 4);
  }

  /** 3 steps are compared with 3 steps in float64, 20 with their asymptotic value. */
  @Test
  void integratedGradients() throws RunnerException {
    run(once(IntegratedGradientsBenchmark.class).param("model", "S").param("steps", "3"), 1);
    run(once(IntegratedGradientsBenchmark.class).param("model", "DEMO").param("steps", "20"), 1);
  }

  @Test
  void gsig() throws RunnerException {
    run(once(GsigBenchmark.class).param("model", "DEMO").param("steps", "5").param("grid", "5"), 2);
  }

  /** Slow without the Vector API, whose bits are the same. */
  @Test
  @Tag("cohort")
  void cohort() throws RunnerException {
    run(once(CohortBenchmark.class).param("steps", "2").param("threads", "2"), 1);
  }
}
