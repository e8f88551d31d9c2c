package dev.gsig.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A 95% interval of an AUROC: the 2.5th and 97.5th percentile over 2000 samples of as many
 * patients, drawn with replacement (Efron and Tibshirani 1993, chapter 13); samples of one class
 * are drawn again.
 *
 * @param auroc of all patients
 * @param low lower bound
 * @param high upper bound
 */
public record AurocInterval(double auroc, double low, double high) {
  private static final int SAMPLES = 2000;

  /** Estimates the interval. */
  public static AurocInterval of(boolean[] positive, double[] scores, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int n = positive.length;
    double[] values = new double[SAMPLES];
    boolean[] drawn = new boolean[n];
    double[] drawnScores = new double[n];
    for (int s = 0; s < SAMPLES; ) {
      for (int i = 0; i < n; i++) {
        int at = random.nextInt(n);
        drawn[i] = positive[at];
        drawnScores[i] = scores[at];
      }
      values[s] = Metrics.auroc(drawn, drawnScores);
      s += Double.isNaN(values[s]) ? 0 : 1;
    }
    Arrays.sort(values);
    return new AurocInterval(
        Metrics.auroc(positive, scores), quantile(values, 0.025), quantile(values, 0.975));
  }

  private static double quantile(double[] sorted, double q) {
    double at = q * (sorted.length - 1);
    int i = (int) at;
    double next = sorted[Math.min(i + 1, sorted.length - 1)];
    return sorted[i] + (at - i) * (next - sorted[i]);
  }
}
