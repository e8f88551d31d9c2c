package dev.gsig.bench;

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

/** One pass of a whole model over a batch of steps of one patient. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class PassBenchmark {
  /** The model. */
  @Param public BenchmarkModel model;

  /** Steps of the path in one batch. */
  @Param({"1", "8"})
  public int steps;

  /** The backend's name. */
  @Param("simd")
  public String backend;

  private StepBatch batch;
  private double[] logits;
  private double[] gradients;
  private double[] checkedLogits;
  private double[] checkedGradients;

  /** Loads the model and checks its numbers. */
  @Setup
  public void load() {
    batch = new StepBatch(model, backend, steps);
    System.out.println(batch.description());
    checkedLogits = forward();
    checkedGradients = forwardBackward();
    try (StepBatch float64 = new StepBatch(model, "ejml", steps)) {
      Check.close("logits", checkedLogits, float64.forward(), Check.TOLERANCE);
      Check.close("gradients", checkedGradients, float64.forwardBackward(), Check.TOLERANCE);
    }
  }

  /** The logits. */
  @Benchmark
  public double[] forward() {
    logits = batch.forward();
    return logits;
  }

  /** The logits and their gradients at the points; no weight gradients. */
  @Benchmark
  public double[] forwardBackward() {
    gradients = batch.forwardBackward();
    return gradients;
  }

  /** Checks what was measured. */
  @TearDown
  public void close() {
    Check.same("the logits", logits, checkedLogits);
    Check.same("the gradients", gradients, checkedGradients);
    batch.close();
  }
}
