package dev.gsig.bench;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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

/**
 * Matrix products through the backend contract, forward and backward. The row {@code gflop} of the
 * result is GFLOP/s.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MatrixProductBenchmark {

  /** Operations done, in 1e9. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Work {
    /** Becomes GFLOP/s. */
    public double gflop;

    void forward(Product p) {
      p.forward();
      gflop += p.forwardFlops() * 1e-9;
    }

    void backward(Product p) {
      p.backward();
      gflop += p.backwardFlops() * 1e-9;
    }
  }

  /** What linear layers and attention have in common. */
  @State(Scope.Thread)
  public abstract static class Products {
    /** The backend's name. */
    @Param({"simd", "ejml"})
    public String backend;

    /** Steps of the path in one call. */
    @Param("2")
    public int steps;

    private Backend opened;
    private Product product;

    abstract Product create(Backend on);

    Product product() {
      return product;
    }

    /** Opens the backend and checks its numbers. */
    @Setup
    public void open() {
      opened = Backends.open(backend);
      System.out.println(opened.name() + ": " + opened.description());
      product = create(opened);
      try (Backend float64 = Backends.open("ejml")) {
        product.check(create(float64));
      }
    }

    /** Checks what was measured. */
    @TearDown
    public void close() {
      product.checkAgain();
      opened.close();
    }
  }

  /** Linear layers. */
  public static class Linear extends Products {
    /** The layer. */
    @Param public LinearLayer layer;

    @Override
    Product create(Backend on) {
      return new LinearProduct(on, layer, steps);
    }
  }

  /** Attention of a model's layer. */
  public static class Attention extends Products {
    /** The model. */
    @Param public SyntheticModel model;

    @Override
    Product create(Backend on) {
      return new AttentionProduct(on, model, steps);
    }
  }

  /** {@code y = x W^T + b}. */
  @Benchmark
  public void linearForward(Linear linear, Work work) {
    work.forward(linear.product());
  }

  /** {@code gx = gy W}. */
  @Benchmark
  public void linearBackward(Linear linear, Work work) {
    work.backward(linear.product());
  }

  /** Softmax attention. */
  @Benchmark
  public void attentionForward(Attention attention, Work work) {
    work.forward(attention.product());
  }

  /** Its gradient. */
  @Benchmark
  public void attentionBackward(Attention attention, Work work) {
    work.backward(attention.product());
  }
}
