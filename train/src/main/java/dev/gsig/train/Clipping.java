package dev.gsig.train;

import java.util.Collection;

/** Gradient clipping by the norm of all gradients together (Pascanu et al. 2013). */
final class Clipping {
  private static final double EPSILON = 1e-6;

  private Clipping() {}

  /** The Euclidean norm of the gradients of these parameters. */
  static double norm(double[] gradient, Collection<Parameters.Entry> trained) {
    double sum = 0;
    for (Parameters.Entry e : trained) {
      for (int i = e.offset(); i < e.offset() + e.size(); i++) {
        sum += gradient[i] * gradient[i];
      }
    }
    return Math.sqrt(sum);
  }

  /**
   * Scales the gradients by {@code limit / (norm + 1e-6)} where that is below 1, as PyTorch does.
   *
   * @param limit 0 for none
   */
  static void clip(double[] gradient, double norm, double limit) {
    double factor = limit / (norm + EPSILON);
    if (limit > 0 && factor < 1) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= factor;
      }
    }
  }
}
