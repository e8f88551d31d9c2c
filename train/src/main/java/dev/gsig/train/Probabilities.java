package dev.gsig.train;

import java.util.Arrays;

/** Logits to probabilities. */
final class Probabilities {
  private Probabilities() {}

  static double sigmoid(double z) {
    double e = StrictMath.exp(-Math.abs(z));
    return z >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  /** The sigmoid of each logit. */
  static double[] sigmoids(double[] logits) {
    return Arrays.stream(logits).map(Probabilities::sigmoid).toArray();
  }

  /** The sigmoid of one logit, that of class 1; the softmax of more. */
  static double[] of(double[] logits) {
    if (logits.length == 1) {
      return new double[] {sigmoid(logits[0])};
    }
    double max = Arrays.stream(logits).max().orElseThrow();
    double[] p = Arrays.stream(logits).map(z -> StrictMath.exp(z - max)).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(v -> v / sum).toArray();
  }
}
