package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.internal.ChildJvm;
import dev.gsig.tensor.internal.PrimitiveRuns;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector kernels take over from the scalar ones, all of them and for good. */
class ScalarAtFirstTest {
  private final PanelKernels scalar = new ScalarKernels();
  private final PanelKernels vector = new ScalarKernels();
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicInteger made = new AtomicInteger();

  private ScalarAtFirst kernels(long nanos) {
    return new ScalarAtFirst(
        scalar,
        () -> {
          made.incrementAndGet();
          return vector;
        },
        () -> nanos,
        clock::get);
  }

  /** The clock may start anywhere, and overflow. */
  @Test
  void theTurnBeginsWithTheFirstCall() {
    ScalarAtFirst kernels = kernels(100);
    assertThat(kernels.get()).isSameAs(scalar);
    clock.addAndGet(99);
    assertThat(kernels.get()).isSameAs(scalar);
    assertThat(made).as("vector kernels that nobody wanted yet").hasValue(0);
    clock.addAndGet(1);
    assertThat(kernels.get()).isSameAs(vector);
  }

  @Test
  void vectorKernelsStay() {
    ScalarAtFirst kernels = kernels(100);
    kernels.get();
    clock.addAndGet(100);
    assertThat(kernels.get()).isSameAs(vector);
    clock.addAndGet(-100);
    assertThat(kernels.get()).isSameAs(vector);
    assertThat(made).hasValue(1);
  }

  @Test
  void withoutATurnForThemNoScalarKernelIsUsed() {
    assertThat(kernels(0).get()).isSameAs(vector);
  }

  /** A program knows only once it has read its input how long it will compute. */
  @Test
  void theTurnIsAskedForWhenComputingBegins() {
    AtomicLong nanos = new AtomicLong(100);
    ScalarAtFirst kernels = new ScalarAtFirst(scalar, () -> vector, nanos::get, clock::get);
    nanos.set(0);
    assertThat(kernels.get()).isSameAs(vector);
  }

  /**
   * A plain JVM, which has vector kernels from the first call on, and one as the launcher's; where
   * vectors cannot be had, both have scalar ones.
   */
  @ParameterizedTest
  @ValueSource(strings = {"-Dplain=true", "@../bin/jit-options"})
  void noJvmIsLeftWithScalarKernels(String option) throws Exception {
    String best = InTheEnd.kind(KernelChoice.vector());
    String out = ChildJvm.run(InTheEnd.class, option);
    assertThat(out).isEqualTo((option.startsWith("@") ? "scalar" : best) + " " + best);
  }

  /** Prints which kernels this process begins with and, once the turn is over, goes on with. */
  static final class InTheEnd {
    public static void main(String[] args) throws InterruptedException {
      System.out.print(kind(KernelChoice.PROCESS));
      Thread.sleep(Long.getLong(KernelChoice.SCALAR_MILLIS, 0));
      System.out.print(" " + kind(KernelChoice.PROCESS));
    }

    static String kind(KernelChoice choice) {
      return choice.kernels() instanceof ScalarKernels ? "scalar" : "vector";
    }
  }

  /** Without C2 no vector kernel gets fast: none is used, and it is said. */
  @ParameterizedTest
  @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-Xint"})
  void withoutAnOptimisingCompilerScalarKernelsStay(String option) throws Exception {
    String out = ChildJvm.run(Described.class, option);
    assertThat(out).contains("scalar kernels").endsWith("ScalarKernels");
  }

  /** Computes, and prints what the backend says of itself and what it computed with. */
  static final class Described {
    public static void main(String[] args) {
      try (Backend backend = Backends.open("simd")) {
        PrimitiveRuns.ALL.values().forEach(run -> run.apply(backend));
        System.out.println(backend.description());
        System.out.print(KernelChoice.PROCESS.kernels().getClass().getSimpleName());
      }
    }
  }
}
