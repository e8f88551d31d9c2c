package dev.gsig.tensor.internal.simd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Chooses the kernels once for the process and says why. */
final class KernelChoice {
  private static final Logger LOG = System.getLogger(KernelChoice.class.getName());

  /**
   * System property: for how many milliseconds kernels are {@link ScalarAtFirst}; without it, for
   * none. The launcher gives it, for many a run is over by then; what embeds gsig runs for longer.
   * It is read when something is computed for the first time, so that a program which by then knows
   * that its run will be long can set it to 0.
   */
  static final String SCALAR_MILLIS = "gsig.scalar.millis";

  /** What this process uses. */
  static final KernelChoice PROCESS = choose();

  private final Supplier<PanelKernels> kernels;
  final String reason;

  private KernelChoice(Supplier<PanelKernels> kernels, String reason) {
    this.kernels = kernels;
    this.reason = reason;
  }

  /** What to compute with now; the bits do not depend on it. */
  PanelKernels kernels() {
    return kernels.get();
  }

  private static KernelChoice choose() {
    KernelChoice choice =
        hasOptimisingCompiler()
            ? vector(() -> TimeUnit.MILLISECONDS.toNanos(Long.getLong(SCALAR_MILLIS, 0)))
            : scalar("this JVM has no optimising compiler (C2), and only that makes vectors fast");
    LOG.log(Level.DEBUG, "gsig: {0}", choice.reason);
    return choice;
  }

  /**
   * False where the JVM only interprets, or stops at its first compiler. HotSpot tells in the line
   * that {@code java -version} prints; another JVM is believed to have one.
   */
  private static boolean hasOptimisingCompiler() {
    String mode = System.getProperty("java.vm.info", "");
    return !mode.contains("interpreted") && !mode.contains("emulated-client");
  }

  /** The vector kernels at once, compiled or not; the scalar ones where they cannot be had. */
  static KernelChoice vector() {
    return vector(() -> 0);
  }

  private static KernelChoice vector(LongSupplier scalarNanos) {
    if (!Fma.IN_HARDWARE) {
      return scalar("this JVM has no instruction for fused multiply-adds");
    }
    try {
      int bits = VectorProbe.preferredBits();
      return bits >= 256
          ? new KernelChoice(
              new ScalarAtFirst(
                  new ScalarKernels(), () -> VectorMaker.kernels(), scalarNanos, System::nanoTime),
              "vector kernels, " + Math.min(bits, 512) + " bits, fused multiply-add in hardware")
          : scalar("this processor's vectors have only " + bits + " bits");
    } catch (LinkageError e) {
      KernelChoice choice =
          scalar("add --add-modules jdk.incubator.vector to the JVM for the fast ones");
      LOG.log(Level.INFO, "gsig: {0}", choice.reason);
      return choice;
    }
  }

  /** The scalar twins, with the reason for them. */
  static KernelChoice scalar(String why) {
    String fma =
        Fma.IN_HARDWARE
            ? "fused multiply-add in hardware"
            : "fused multiply-add emulated in float64";
    PanelKernels kernels = new ScalarKernels();
    return new KernelChoice(() -> kernels, "scalar kernels, " + fma + ": " + why);
  }

  /** Apart, so that a missing module shows as a LinkageError here and nowhere else. */
  private static final class VectorProbe {
    static int preferredBits() {
      return jdk.incubator.vector.VectorShape.preferredShape().vectorBitSize();
    }
  }

  /** Apart from the probe: linking it, as a method reference does, loads the kernels. */
  private static final class VectorMaker {
    static PanelKernels kernels() {
      return VectorMath.S.length() == SimdTensor.LANES
          ? new VectorKernels512()
          : new VectorKernels256();
    }
  }
}
