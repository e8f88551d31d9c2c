package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.evaluation.EvaluationOptions.SampledMetrics;
import dev.gsig.ehr.Trajectory;
import java.util.List;

/** The max-sensitivity of an attribution, as {@link SampledMetrics} defines it. */
final class Sensitivity {
  /** More than there are neighbours; with more of them the first ones stay. */
  private static final long SEEDS_APART = 1_000_003;

  private Sensitivity() {}

  /**
   * The largest relative change.
   *
   * @param explainer made the attribution
   * @param a of the patient themselves
   * @return null if all scores are 0
   */
  static Double max(
      Explainer explainer, Trajectory patient, Attribution a, SampledMetrics metrics, long seed) {
    double[] phi = signed(a.tokens());
    double length = norm(phi);
    if (length == 0) {
      return null;
    }
    Explainer sameClass = explainer.forClass(a.explainedClass());
    double max = 0;
    for (int k = 0; k < metrics.neighbours(); k++) {
      Explainer near = sameClass.near(metrics.radius(), seed * SEEDS_APART + k);
      double[] change = signed(near.explain(patient).tokens());
      for (int j = 0; j < change.length; j++) {
        change[j] -= phi[j];
      }
      max = Math.max(max, norm(change) / length);
    }
    return max;
  }

  /** The signed scores of codes. */
  static double[] signed(List<TokenScore> tokens) {
    return tokens.stream().mapToDouble(t -> t.scores().signed()).toArray();
  }

  private static double norm(double[] x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
