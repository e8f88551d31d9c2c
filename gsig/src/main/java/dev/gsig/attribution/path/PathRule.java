package dev.gsig.attribution.path;

/**
 * A quadrature rule on the path. Arrays are not copied, and not to be modified.
 *
 * @param alphas coefficients a_k in ascending order, each in [0, 1]
 * @param weights w_k, one for each; they sum to 1
 */
public record PathRule(double[] alphas, double[] weights) {
  /**
   * Checks the points.
   *
   * @throws IllegalArgumentException unless there is one weight for each of the points, and they
   *     ascend from 0 to 1
   */
  public PathRule {
    boolean onPath = alphas.length > 0 && alphas[0] >= 0 && alphas[alphas.length - 1] <= 1;
    for (int k = 1; k < alphas.length; k++) {
      onPath &= alphas[k] >= alphas[k - 1];
    }
    if (!onPath || weights.length != alphas.length) {
      throw new IllegalArgumentException(
          "a rule has points in ascending order, each in [0, 1], and a weight for each");
    }
  }
}
