package dev.gsig.bench;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.Trajectory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Plain integrated gradients of one patient, from trajectory to attribution. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class IntegratedGradientsBenchmark {
  /** The model. */
  @Param public BenchmarkModel model;

  /** K. */
  @Param({"16", "32", "50", "128", "256"})
  public int steps;

  /** The backend's name. */
  @Param("simd")
  public String backend;

  private Trajectory patient;
  private Explainer explainer;
  private Attribution last;
  private Attribution checked;

  /** Loads the model and checks the explanation. */
  @Setup
  public void load() {
    patient = model.patients().get(0);
    Model loaded = Model.load(model.folder(), backend);
    System.out.println(loaded.backendDescription());
    explainer = model.explainer(loaded, Options.ig(Quadrature.RIGHT, steps));
    checked = explain();
    new Reference(model).check(checked, explainer.options(), patient);
  }

  /** Explains the patient. */
  @Benchmark
  public Attribution explain() {
    last = explainer.explain(patient);
    return last;
  }

  /** Checks what was measured. */
  @TearDown
  public void checkLast() {
    Check.same("the attribution", last, checked);
  }
}
