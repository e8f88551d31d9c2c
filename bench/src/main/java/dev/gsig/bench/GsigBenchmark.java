package dev.gsig.bench;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.path.ThetaCandidates;
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

/** GS-IG of one patient, from trajectory to attribution: theta grids and ways to search them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class GsigBenchmark {
  /** The model. */
  @Param({"S", "DEMO"})
  public BenchmarkModel model;

  /** Log-spaced values of theta from 0.1 to 5; theta = 1 comes on top. */
  @Param({"5", "10", "20", "40"})
  public int grid;

  /** How they are compared. */
  @Param({"EXACT", "SHARED"})
  public ThetaCandidates.Search search;

  /** K. */
  @Param("50")
  public int steps;

  private Trajectory patient;
  private Explainer explainer;
  private Attribution last;
  private Attribution checked;

  /** Loads the model and checks the explanation. */
  @Setup
  public void load() {
    patient = model.patients().get(0);
    ThetaCandidates thetas =
        ThetaCandidates.grid(ThetaCandidates.LOWEST, ThetaCandidates.HIGHEST, grid);
    explainer = model.explainer(Options.gsig(steps, thetas, search));
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
