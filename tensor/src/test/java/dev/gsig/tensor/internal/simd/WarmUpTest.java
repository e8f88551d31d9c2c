package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.internal.PrimitiveRuns;
import dev.gsig.tensor.internal.simd.WarmUp.Kernel;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector kernels take over once they are compiled. */
class WarmUpTest {
  /** Something to escape to, or the compiler would not make the object. */
  private static float[] lastVector;

  /**
   * In a JVM of its own, as users have it: here other tests have run kernels of both vector
   * lengths, and the compiler, which has seen both, leaves vectors as objects. Without the Vector
   * API these are the scalar kernels, which the compiler gets ready likewise.
   */
  @Test
  void everyKernelIsCompiledInTheEnd() throws IOException, InterruptedException {
    String options = "@" + Path.of("..", "bin", "jit-options");
    String scalar = ChildJvm.run(WarmUpTest.class, options);

    assertThat(scalar).as("kernels that stay scalar").isEmpty();
  }

  /** Prints the kernels that are not compiled once the warm-up has ended. */
  public static void main(String[] args) throws InterruptedException {
    WarmUp warmUp =
        new WarmUp(() -> KernelChoice.vector().kernels, Duration.ZERO, Duration.ofSeconds(60));
    for (Kernel kernel : Kernel.values()) {
      warmUp.isCompiled(kernel);
    }
    while (warmUp.isWorking()) {
      Thread.sleep(5);
    }
    for (Kernel kernel : Kernel.values()) {
      if (!warmUp.isCompiled(kernel)) {
        System.out.println(kernel);
      }
    }
  }

  @Test
  void aKernelIsNotCompiledBeforeItWasRun() {
    WarmUp warmUp =
        new WarmUp(() -> KernelChoice.vector().kernels, Duration.ZERO, Duration.ofSeconds(20));
    assertThat(warmUp.isCompiled(Kernel.SILU)).isFalse();
  }

  @Test
  @Timeout(60)
  void givesUpOnAKernelThatNeverGetsFast() throws InterruptedException {
    assertStaysScalar(
        () -> {
          try {
            Thread.sleep(2);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** A kernel whose vectors the compiler left as objects. */
  @Test
  @Timeout(60)
  void givesUpOnAKernelThatNeverStopsAllocating() throws InterruptedException {
    assertStaysScalar(() -> lastVector = new float[SimdTensor.LANES]);
  }

  @Test
  @Timeout(60)
  void givesUpOnAKernelThatFails() throws InterruptedException {
    assertStaysScalar(
        () -> {
          throw new UnsupportedOperationException("no such instruction");
        });
  }

  private static void assertStaysScalar(Runnable kernel) throws InterruptedException {
    PanelKernels kernels =
        (PanelKernels)
            Proxy.newProxyInstance(
                PanelKernels.class.getClassLoader(),
                new Class<?>[] {PanelKernels.class},
                (proxy, method, arguments) -> {
                  kernel.run();
                  return null;
                });
    WarmUp warmUp = new WarmUp(() -> kernels, Duration.ZERO, Duration.ofMillis(50));
    assertThat(warmUp.isCompiled(Kernel.GELU)).isFalse();
    while (warmUp.isWorking()) {
      Thread.sleep(5);
    }
    assertThat(warmUp.isCompiled(Kernel.GELU)).isFalse();
    assertThat(warmUp.isWorking()).isFalse();
  }

  /** Without C2 no vector kernel gets fast: nothing is tried, and it is said. */
  @ParameterizedTest
  @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-Xint"})
  void withoutAnOptimisingCompilerNothingIsWarmedUp(String option) throws Exception {
    String out = ChildJvm.run(Described.class, option);
    assertThat(out).contains("scalar kernels").doesNotContain("gsig-kernel-warm-up");
  }

  /** Computes, and prints what the backend says of itself and which threads there are. */
  static final class Described {
    public static void main(String[] args) {
      try (Backend backend = Backends.open("simd")) {
        PrimitiveRuns.ALL.values().forEach(run -> run.apply(backend));
        System.out.println(backend.description());
        Thread.getAllStackTraces().keySet().forEach(thread -> System.out.println(thread.getName()));
      }
    }
  }
}
