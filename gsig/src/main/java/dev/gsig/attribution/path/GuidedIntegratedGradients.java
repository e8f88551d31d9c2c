package dev.gsig.attribution.path;

import java.util.Arrays;

/**
 * Guided integrated gradients (Kapishnikov and others, CVPR 2021, section 3, with the bound on the
 * distance from the straight path that the authors published with it). The path goes where the
 * gradient is small: of the K steps each brings the point by 1/K of the way nearer to the input, in
 * the 1-norm, and moves the inputs with the smallest partial derivatives only,
 *
 * <pre>
 *   c: coefficient of each input, 0 at the baseline, 1 at the input
 *   step k:  a = k/K,  inputs below a - distance are brought there
 *            until sum_i (1 - c_i) |x_i - x'_i| = (1 - a) sum_i |x_i - x'_i|:
 *              of the inputs below a + distance move those whose |df/dx_i| is within the smallest
 *              part of all, a fraction, towards a + distance, together and no farther than needed
 *   GIG_i = sum over the moves of (x_i after - x_i before) df/dx_i (at the step's beginning)
 * </pre>
 *
 * @param fraction of the inputs that move at a time, above 0 and at most 1
 * @param distance from the straight path, in coefficients: 0 is the straight path, 1 any monotone
 *     path
 */
record GuidedIntegratedGradients(double fraction, double distance) implements PathMethod {
  /** Relative and absolute difference of 1-norms that is rounding. */
  private static final double ROUNDING = 1e-9;

  @Override
  public String label() {
    return "guided-ig";
  }

  @Override
  public String title() {
    return "Guided IG";
  }

  @Override
  public String description() {
    return "a path that moves the inputs with the smallest gradients first";
  }

  @Override
  public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
    int steps = options.steps();
    double[] lengths = Arrays.stream(path.difference(), 0, path.size()).map(Math::abs).toArray();
    double total = Arrays.stream(lengths).sum();
    double[] c = new double[path.size()];
    double[] attribution = new double[path.size()];
    for (int k = 1; k <= steps && total > 0; k++) {
      double[] gradient = path.points(new double[][] {c}).get(0).gradient();
      double[] before = c;
      c = c.clone();
      step((double) k / steps, total, lengths, gradient, c);
      for (int i = 0; i < c.length; i++) {
        attribution[i] += (c[i] - before[i]) * path.difference()[i] * gradient[i];
      }
    }
    return norms.result(attribution);
  }

  /** Moves the coefficients until so much of the way is done. */
  private void step(double a, double total, double[] lengths, double[] gradient, double[] c) {
    double least = Math.max(a - distance, 0);
    double most = Math.min(a + distance, 1);
    double target = total * (1 - a);
    double[] size = new double[c.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = Math.max(c[i], least);
      size[i] = lengths[i] == 0 ? Double.POSITIVE_INFINITY : Math.abs(gradient[i]);
    }
    while (true) {
      double left = 0;
      for (int i = 0; i < c.length; i++) {
        left += (1 - c[i]) * lengths[i];
        size[i] = c[i] >= most ? Double.POSITIVE_INFINITY : size[i];
      }
      if (left - target <= ROUNDING * Math.max(1, Math.max(left, target))) {
        return;
      }
      double threshold = smallest(size);
      double reach = 0;
      for (int i = 0; i < c.length; i++) {
        reach += isMoved(size[i], threshold) ? (most - c[i]) * lengths[i] : 0;
      }
      double share = Math.min(1, (left - target) / reach);
      for (int i = 0; i < c.length; i++) {
        if (isMoved(size[i], threshold)) {
          c[i] = share == 1 ? most : c[i] + share * (most - c[i]);
        }
      }
      if (share < 1) {
        return;
      }
    }
  }

  private static boolean isMoved(double size, double threshold) {
    return size <= threshold && size < Double.POSITIVE_INFINITY;
  }

  /** The lower quantile of the fraction. */
  private double smallest(double[] size) {
    double[] ascending = size.clone();
    Arrays.sort(ascending);
    return ascending[(int) Math.floor(fraction * (ascending.length - 1))];
  }
}
