package dev.gsig.cli;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The mean over patients with a 95% interval: the 2.5th and 97.5th percentile of the mean over 2000
 * samples of as many patients, drawn with replacement (Efron and Tibshirani, 1993, chapter 13).
 * Patients whose figure is not defined are left out. Every figure sees the same draws.
 */
final class Bootstrap {
  private static final int SAMPLES = 2000;

  private final long seed;

  Bootstrap(long seed) {
    this.seed = seed;
  }

  /**
   * A mean and its interval, and the quartiles.
   *
   * @param n patients that it is of; without any, the rest is NaN
   * @param lower quartile
   * @param upper quartile
   */
  record Estimate(
      int n, double mean, double low, double high, double lower, double median, double upper) {}

  /**
   * Estimates a mean.
   *
   * @param values one for each patient; NaN where not defined
   */
  Estimate mean(double[] values) {
    double[] defined = Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
    int n = defined.length;
    if (n == 0) {
      double none = Double.NaN;
      return new Estimate(0, none, none, none, none, none, none);
    }
    Random random = new Random(seed);
    double[] means = new double[SAMPLES];
    for (int s = 0; s < SAMPLES; s++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += defined[random.nextInt(n)];
      }
      means[s] = sum / n;
    }
    Arrays.sort(means);
    double[] sorted = defined.clone();
    Arrays.sort(sorted);
    double mean = Arrays.stream(defined).sum() / n;
    return new Estimate(
        n,
        mean,
        quantile(means, 0.025),
        quantile(means, 0.975),
        quantile(sorted, 0.25),
        quantile(sorted, 0.5),
        quantile(sorted, 0.75));
  }

  /** Estimates the mean difference of the same patients' figures. */
  Estimate difference(double[] values, double[] reference) {
    return mean(
        IntStream.range(0, values.length).mapToDouble(i -> values[i] - reference[i]).toArray());
  }

  /** Linear between the order statistics. */
  static double quantile(double[] sorted, double q) {
    double at = q * (sorted.length - 1);
    int i = (int) at;
    double next = sorted[Math.min(i + 1, sorted.length - 1)];
    return sorted[i] + (at - i) * (next - sorted[i]);
  }
}
