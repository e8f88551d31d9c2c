package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.tensor.Activation;
import dev.gsig.tensor.internal.ChildJvm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The compiler keeps every vector in a register. Where it leaves one as an object, the kernel is
 * several times slower, and makes gigabytes of them over a cohort.
 */
class KernelCompilationTest {
  /** Panel rows that a kernel works on in one run. */
  private static final int ROWS = 16;

  /** A hundred times as many as it takes. */
  private static final int MOST_ROUNDS = 1_000_000;

  /** A kernel that is compiled on its own. */
  enum Kernel {
    LANES_TWO_PANELS((k, b) -> lanes(k, 2, b)),
    LANES_ONE_PANEL((k, b) -> lanes(k, 1, b)),
    LANES_ONE_ROW((k, b) -> k.lanesTimesRows1(ROWS, b.a, 0, b.b, 0, b.z, 0, b.y, 0)),
    ROWS_TWO_PANELS((k, b) -> rows(k, 2, b)),
    ROWS_ONE_PANEL((k, b) -> rows(k, 1, b)),
    ROWS_SIXTEEN((k, b) -> k.rowsTimesRows16(16, ROWS, b.a, 0, 0, b.b, 0, b.y, 0)),
    ROWS_ONE_ROW((k, b) -> k.rowsTimesRows1(ROWS, b.a, 0, 0, b.b, 0, b.y, 0)),
    TRANSPOSE((k, b) -> k.transpose(b.a, 0, b.y, 0)),
    SOFTMAX((k, b) -> k.softmax(b.y, 0, ROWS, 1f, ROWS / 2, -1f, b.w, 0)),
    SOFTMAX_AGAIN((k, b) -> k.softmaxAgain(b.y, 0, ROWS, 1f, ROWS / 2, -1f, b.w, 0)),
    NARROW((k, b) -> k.narrow(b.y, 0, 3, ROWS, 0.5f, 0.25f, b.w)),
    SOFTMAX_BACKWARD(Kernel::softmaxBackward),
    LAYER_NORM(Kernel::layerNorm),
    LAYER_NORM_BACKWARD(
        (k, b) -> k.layerNormBackward(ROWS, true, b.a, 0, b.b, b.b, 0, b.w, 0, b.y, 0)),
    RELU(Activation.RELU),
    GELU(Activation.GELU),
    GELU_NEW(Activation.GELU_NEW),
    TANH(Activation.TANH),
    SIGMOID(Activation.SIGMOID),
    SILU(Activation.SILU),
    ROTATE((k, b) -> k.rotate(ROWS / 2, -1f, b.w, 0, b.y, 0, SimdTensor.LANES, 128)),
    MULTIPLY(Kernel::multiply),
    ADD((k, b) -> k.add(b.a, 0, b.b, 0, b.y, 0, ROWS * SimdTensor.LANES)),
    AXPY((k, b) -> k.axpy(1f, b.a, 0, b.y, ROWS * SimdTensor.LANES)),
    LERP((k, b) -> k.lerp(0.5f, b.a, b.b, b.y, 0, ROWS * SimdTensor.LANES));

    private final Run run;

    Kernel(Run run) {
      this.run = run;
    }

    Kernel(Activation act) {
      this((k, b) -> activation(k, act, b));
    }

    // Both branches, or the one not taken would be left out of the compiled code.

    private static void activation(PanelKernels k, Activation act, Buffers b) {
      k.activation(act, b.a, b.y, b.z, 0, ROWS * SimdTensor.LANES);
      k.activation(act, b.a, b.y, null, 0, ROWS * SimdTensor.LANES);
    }

    private static void softmaxBackward(PanelKernels k, Buffers b) {
      k.softmaxBackward(b.a, 0, b.y, 0, ROWS, 1f);
      k.softmaxBackward(b.a, 0, b.y, 0, ROWS - 1, 1f);
    }

    private static void layerNorm(PanelKernels k, Buffers b) {
      k.layerNorm(ROWS, true, b.a, 0, b.b, 0, b.a, b.b, 1f, b.y, 0, b.z, 0, b.w, 0);
      k.layerNorm(ROWS, true, b.a, 0, null, 0, b.a, b.b, 1f, b.y, 0, b.z, 0, b.w, 0);
    }

    private static void multiply(PanelKernels k, Buffers b) {
      k.multiply(b.a, b.b, b.y, ROWS * SimdTensor.LANES, false);
      k.multiply(b.a, b.b, b.y, ROWS * SimdTensor.LANES, true);
    }

    private static void lanes(PanelKernels k, int panels, Buffers b) {
      int half = ROWS / 2 * SimdTensor.LANES;
      k.lanesTimesRows8(panels, ROWS, b.a, 0, b.b, 0, 0, b.z, 0, half, b.y, 0, half);
    }

    private static void rows(PanelKernels k, int panels, Buffers b) {
      int half = ROWS / 2 * SimdTensor.LANES;
      k.rowsTimesRows8(panels, ROWS, b.a, 0, 0, b.b, 0, 0, b.y, 0, half);
    }
  }

  private interface Run {
    void run(PanelKernels kernels, Buffers buffers);
  }

  private static final class Buffers {
    final float[] a = filled();
    final float[] b = filled();
    final float[] w = filled();
    final float[] y = filled();
    final float[] z = filled();

    private static float[] filled() {
      float[] x = new float[ROWS * SimdTensor.LANES];
      Arrays.fill(x, 0.5f);
      return x;
    }
  }

  /**
   * In a JVM of its own, as users have it: here other tests have run kernels of both vector
   * lengths, and the compiler, which has seen both, leaves vectors as objects. Without the Vector
   * API these are the scalar kernels, which make none likewise.
   */
  @Test
  void noKernelMakesObjectsInTheEnd() throws IOException, InterruptedException {
    String allocating = ChildJvm.run(KernelCompilationTest.class, "@../bin/jit-options");
    assertThat(allocating).as("kernels that make objects").isEmpty();
  }

  /** Prints the kernels that make objects however often they run. */
  public static void main(String[] args) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    PanelKernels kernels = KernelChoice.vector().kernels();
    Buffers buffers = new Buffers();
    Set<Kernel> allocating = EnumSet.allOf(Kernel.class);
    for (int round = 0; round < MOST_ROUNDS && !allocating.isEmpty(); round++) {
      for (Kernel kernel : Set.copyOf(allocating)) {
        long before = threads.getCurrentThreadAllocatedBytes();
        kernel.run.run(kernels, buffers);
        if (threads.getCurrentThreadAllocatedBytes() == before) {
          allocating.remove(kernel);
        }
      }
    }
    allocating.forEach(System.out::println);
  }
}
