package dev.gsig.attribution.path;

import java.util.Arrays;
import java.util.List;

/**
 * The weights that {@link PathMethods#BOUNDED_MEASURE} gave to the points of the straight path.
 *
 * @param alphas path coefficients a_k, the midpoints
 * @param weights one for each, summing to 1
 * @param complete whether the attributions add up to the score difference; if not, no weights
 *     within the bounds do, and equal ones are given
 * @param dualityGap certified bound of the relative distance of l21 from the smallest possible; 0
 *     where nothing was optimised
 */
public record PathMeasure(
    List<Double> alphas, List<Double> weights, boolean complete, double dualityGap) {
  /** Copies the lists. */
  public PathMeasure {
    alphas = List.copyOf(alphas);
    weights = List.copyOf(weights);
  }

  static PathMeasure of(PathRule rule, boolean complete, double dualityGap) {
    return new PathMeasure(list(rule.alphas()), list(rule.weights()), complete, dualityGap);
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
