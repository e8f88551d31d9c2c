package dev.gsig.bench;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** GS-IG over the first patients of the demo's test cohort; the score is patients per second. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CohortBenchmark {
  /** Patients of the cohort that are explained. */
  public static final int PATIENTS = 60;

  /** So many of them are compared with float64, which takes a while. */
  private static final int COMPARED = 2;

  /** Workers. */
  @Param({"1", "2", "4"})
  public int threads;

  /** K. */
  @Param("50")
  public int steps;

  private List<Trajectory> patients;
  private Explainer explainer;
  private List<Attribution> last;
  private List<Attribution> checked;

  /** Loads the model and the cohort, and checks the explanations. */
  @Setup
  public void load() {
    patients = BenchmarkModel.DEMO.patients().subList(0, PATIENTS);
    explainer =
        BenchmarkModel.DEMO.explainer(
            Options.gsig(steps, ThetaCandidates.auto(), ThetaCandidates.Search.SHARED));
    checked = patients.stream().map(explainer::explain).toList();
    Reference reference = new Reference(BenchmarkModel.DEMO);
    for (int p = 0; p < COMPARED; p++) {
      reference.check(checked.get(p), explainer.options(), patients.get(p));
    }
  }

  /** Explains the patients. */
  @Benchmark
  @OperationsPerInvocation(PATIENTS)
  public List<Attribution> explainAll() {
    last = new ArrayList<>();
    explainer.explainAll(patients, threads, last::add);
    return last;
  }

  /** Checks what was measured: bit for bit what one thread computes. */
  @TearDown
  public void checkLast() {
    Check.same("the attributions", last, checked);
  }
}
