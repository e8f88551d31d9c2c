package dev.gsig.cli;

/**
 * A run that computes for so long that vector kernels pay although they are slow until the JIT
 * compiler knows them. In a short one scalar kernels compute for as long as the launcher says. The
 * results are the same to the last bit.
 */
final class LongRun {
  /**
   * From how many patients to explain a run is long: where both take as long for patients of the
   * demo, on one core and on two.
   */
  static final int PATIENTS = 6;

  /** See {@code KernelChoice} of the tensor library, which reads it when computing begins. */
  private static final String SCALAR_MILLIS = "gsig.scalar.millis";

  private LongRun() {}

  /** Says so; to be called before anything is computed. Sets the property for this process. */
  static void begins() {
    System.setProperty(SCALAR_MILLIS, "0");
  }
}
