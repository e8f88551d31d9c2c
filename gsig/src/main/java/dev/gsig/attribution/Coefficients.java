package dev.gsig.attribution;

import java.util.Arrays;

/**
 * Where some points of a path are.
 *
 * @param ofAll coefficient a of each point of the straight path, the same for all inputs; null
 *     where the next is given
 * @param ofEach coefficients of each point, one for each input, or a single one for all
 */
record Coefficients(double[] ofAll, double[][] ofEach) {
  /** Points of the straight path. */
  static Coefficients straight(double... alphas) {
    return new Coefficients(alphas, null);
  }

  /** Points each of which has one coefficient for each input, or a single one for all. */
  static Coefficients of(double[][] ofEach) {
    return Arrays.stream(ofEach).allMatch(c -> c.length == 1)
        ? straight(Arrays.stream(ofEach).mapToDouble(c -> c[0]).toArray())
        : new Coefficients(null, ofEach);
  }

  /** Whether all points are known to be of the straight path. */
  boolean isStraight() {
    return ofAll != null;
  }

  /** How many points there are. */
  int count() {
    return isStraight() ? ofAll.length : ofEach.length;
  }

  /** Those of one point. */
  double[] of(int point) {
    return isStraight() ? new double[] {ofAll[point]} : ofEach[point];
  }

  /** Those of some points, one behind the other. */
  Coefficients range(int first, int count) {
    return isStraight()
        ? straight(Arrays.copyOfRange(ofAll, first, first + count))
        : of(Arrays.copyOfRange(ofEach, first, first + count));
  }
}
