package dev.gsig.tensor.internal.simd;

import dev.gsig.tensor.Activation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Runs vector kernels in the background until the JIT compiler has turned them into vector
 * instructions. Before that, every vector is an object and a kernel is a thousand times slower than
 * after; its scalar twin serves meanwhile, with the same bits.
 */
final class WarmUp {
  private static final Logger LOG = System.getLogger(WarmUp.class.getName());

  /** Panel rows that a kernel works on in one run. */
  private static final int ROWS = 16;

  /** Time for one panel row of one operation; compiled, it takes 1 ns, interpreted 100 to 1000. */
  private static final long COMPILED_NANOS = 10;

  /** A kernel that is compiled on its own. */
  enum Kernel {
    LANES_TWO_PANELS(16 * ROWS, (k, b) -> lanes(k, 2, b)),
    LANES_ONE_PANEL(8 * ROWS, (k, b) -> lanes(k, 1, b)),
    LANES_ONE_ROW(ROWS, (k, b) -> k.lanesTimesRows1(ROWS, b.a, 0, b.b, 0, b.z, 0, b.y, 0)),
    ROWS_TWO_PANELS(16 * ROWS, (k, b) -> rows(k, 2, b)),
    ROWS_ONE_PANEL(8 * ROWS, (k, b) -> rows(k, 1, b)),
    ROWS_SIXTEEN(16 * ROWS, (k, b) -> k.rowsTimesRows16(ROWS, b.a, 0, 0, b.b, 0, b.y, 0)),
    ROWS_ONE_ROW(ROWS, (k, b) -> k.rowsTimesRows1(ROWS, b.a, 0, 0, b.b, 0, b.y, 0)),
    SOFTMAX(20 * ROWS, (k, b) -> k.softmax(b.y, 0, ROWS, 1f, ROWS / 2, -1f, b.w)),
    SOFTMAX_BACKWARD(8 * ROWS, Kernel::softmaxBackward),
    LAYER_NORM(24 * ROWS, Kernel::layerNorm),
    LAYER_NORM_BACKWARD(
        8 * ROWS, (k, b) -> k.layerNormBackward(ROWS, b.a, 0, b.b, b.b, 0, b.w, 0, b.y, 0)),
    RELU(Activation.RELU),
    GELU(Activation.GELU),
    GELU_NEW(Activation.GELU_NEW),
    TANH(Activation.TANH),
    SIGMOID(Activation.SIGMOID),
    SILU(Activation.SILU),
    MULTIPLY(2 * ROWS, Kernel::multiply),
    ADD(ROWS, (k, b) -> k.add(b.a, 0, b.b, 0, b.y, 0, ROWS * SimdTensor.LANES)),
    AXPY(ROWS, (k, b) -> k.axpy(1f, b.a, 0, b.y, ROWS * SimdTensor.LANES)),
    INTERPOLATE(ROWS, (k, b) -> k.interpolate(0.5f, b.a, b.b, b.y, 0, ROWS * SimdTensor.LANES));

    private final int operations;
    private final Run run;

    Kernel(int operations, Run run) {
      this.operations = operations;
      this.run = run;
    }

    Kernel(Activation act) {
      this(80 * ROWS, (k, b) -> activation(k, act, b));
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
      k.layerNorm(ROWS, b.a, 0, b.b, 0, b.a, b.b, 1f, b.y, 0, b.z, 0, b.w, 0);
      k.layerNorm(ROWS, b.a, 0, null, 0, b.a, b.b, 1f, b.y, 0, b.z, 0, b.w, 0);
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

    /** The kernel of an activation. */
    static Kernel of(Activation act) {
      return switch (act) {
        case RELU -> RELU;
        case GELU -> GELU;
        case GELU_NEW -> GELU_NEW;
        case TANH -> TANH;
        case SIGMOID -> SIGMOID;
        case SILU -> SILU;
      };
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

  private final Supplier<PanelKernels> maker;
  private final Duration delay;
  private final long patienceNanos;
  private final Buffers buffers = new Buffers();
  private final List<Kernel> pending = new ArrayList<>();
  private long spentInVain;
  private Thread worker;

  /** Made by the worker, which writes them before it writes {@link #compiled}. */
  private PanelKernels kernels;

  /** Kernels that were asked for, one bit each; written under the lock, read without. */
  private volatile int requested;

  /** Kernels that are compiled, one bit each; written by the worker alone. */
  private volatile int compiled;

  /**
   * Nothing runs yet.
   *
   * @param maker makes the kernels, after the delay: their classes take longer to load than a short
   *     computation
   * @param delay from the first request to the first run: the compiler takes one method after the
   *     other, and what a short computation runs should not wait behind vector kernels
   * @param patience time that all kernels together may run without one more getting compiled: then
   *     the rest never gets there, in this JVM
   */
  WarmUp(Supplier<PanelKernels> maker, Duration delay, Duration patience) {
    this.maker = maker;
    this.delay = delay;
    patienceNanos = patience.toNanos();
  }

  /** True once the kernel is compiled; the first time that it is not, it is put to work. */
  boolean isCompiled(Kernel kernel) {
    int bit = 1 << kernel.ordinal();
    boolean done = (compiled & bit) != 0;
    if (!done && (requested & bit) == 0) {
      request(kernel, bit);
    }
    return done;
  }

  /** What is warmed up, once one of them is compiled. */
  PanelKernels kernels() {
    return kernels;
  }

  private synchronized void request(Kernel kernel, int bit) {
    if ((requested & bit) != 0) {
      return;
    }
    requested |= bit;
    pending.add(kernel);
    if (worker == null) {
      worker = new Thread(this::work, "gsig-kernel-warm-up");
      worker.setDaemon(true);
      worker.start();
    }
  }

  synchronized boolean isWorking() {
    return worker != null;
  }

  /** The kernels still to be warmed up; none, and the worker ends. */
  private synchronized List<Kernel> next() {
    if (pending.isEmpty()) {
      worker = null;
    }
    return List.copyOf(pending);
  }

  private void work() {
    if (!sleep()) {
      return;
    }
    for (List<Kernel> round = next(); !round.isEmpty(); round = next()) {
      for (Kernel kernel : round) {
        try {
          run(kernel);
        } catch (RuntimeException | LinkageError e) {
          LOG.log(Level.WARNING, "gsig: kernel " + kernel + " fails and stays scalar", e);
          drop(kernel);
        }
      }
    }
  }

  private boolean sleep() {
    try {
      Thread.sleep(delay.toMillis());
      return true;
    } catch (InterruptedException e) {
      return false; // nobody who knows this thread does that; the kernels stay scalar
    }
  }

  private void run(Kernel kernel) {
    if (kernels == null) {
      kernels = maker.get();
    }
    long start = System.nanoTime();
    kernel.run.run(kernels, buffers);
    long nanos = System.nanoTime() - start;
    boolean done = nanos < kernel.operations * COMPILED_NANOS && !allocates(kernel);
    spentInVain = done ? 0 : spentInVain + System.nanoTime() - start;
    if (done) {
      LOG.log(Level.DEBUG, "gsig: kernel {0} is compiled", kernel);
      compiled |= 1 << kernel.ordinal();
      drop(kernel);
    } else if (spentInVain > patienceNanos) {
      LOG.log(Level.DEBUG, "gsig: kernel {0} does not get fast and stays scalar", kernel);
      drop(kernel);
    }
  }

  /**
   * True if the kernel still makes objects. The compiler can leave one vector of many outside the
   * registers, which takes too little time to show here, and gigabytes over a cohort.
   */
  private boolean allocates(Kernel kernel) {
    long before = Allocations.ofThisThread();
    kernel.run.run(kernels, buffers);
    return Allocations.ofThisThread() != before;
  }

  /**
   * Apart, and loaded once a kernel is fast: beans take longer to load than a short computation.
   */
  private static final class Allocations {
    private static final LongSupplier BYTES = supplier();

    static long ofThisThread() {
      return BYTES.getAsLong();
    }

    private static LongSupplier supplier() {
      try {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        return threads::getCurrentThreadAllocatedBytes;
      } catch (LinkageError | ClassCastException | UnsupportedOperationException e) {
        return () -> 0; // a JVM that does not count: time alone has to tell
      }
    }
  }

  private synchronized void drop(Kernel kernel) {
    pending.remove(kernel);
  }
}
