package dev.gsig.attribution.path;

import java.util.Arrays;
import java.util.List;

/**
 * Discretised integrated gradients, DIG (Sanyal and Ren, EMNLP 2021), with the greedy strategy: on
 * the way from a code's row w to the baseline's w' the path goes by m anchors, the rows of other
 * codes, so that the gradient is asked near real ones. The next anchor is the one of the {@value
 * #NEIGHBOURS} nearest codes around the last that is changed least when it is made monotone:
 * numbers that do not lie between w' and the last point are put 1/m of the way from that point to
 * w'. With the points in order, from x_0 at the baseline to x_n at the input,
 *
 * <pre>
 *   DIG_i = sum over k = 0..n-1 of df/dx_i (x_k) (x_(k+1),i - x_k,i)
 * </pre>
 *
 * The path has K segments and so m = K - 1 anchors, at most {@value #MOST_ANCHORS}, the authors'
 * number; more steps divide each segment evenly, as the authors' factor does. What is no row of a
 * code, special tokens and tabular values, goes straight and in as many equal segments.
 */
record DiscretizedIntegratedGradients() implements PathMethod {
  private static final int MOST_ANCHORS = 30;
  private static final int NEIGHBOURS = 500;

  /** Points whose gradients are held at the same time. */
  private static final int AT_ONCE = 64;

  @Override
  public String label() {
    return "dig";
  }

  @Override
  public String title() {
    return "DIG";
  }

  @Override
  public String description() {
    return "a path through the embeddings of near codes";
  }

  /** Two lines that cross make its points; the steps between them are long. */
  @Override
  public boolean addsUp() {
    return false;
  }

  @Override
  public boolean needsCodes() {
    return true;
  }

  @Override
  public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
    int segments = Math.min(options.steps(), MOST_ANCHORS + 1);
    int parts = options.steps() / segments;
    double[][] corners = corners(path, norms.groups(), segments);
    double[] attribution = new double[path.size()];
    int points = segments * parts;
    for (int from = 0; from < points; from += AT_ONCE) {
      double[][] some = new double[Math.min(AT_ONCE, points - from)][];
      for (int k = 0; k < some.length; k++) {
        some[k] = point(corners, parts, from + k);
      }
      List<PathGradient.Point> found = path.points(some);
      for (int k = 0; k < some.length; k++) {
        double[] next = point(corners, parts, from + k + 1);
        double[] gradient = found.get(k).gradient();
        for (int i = 0; i < attribution.length; i++) {
          attribution[i] += (next[i] - some[k][i]) * path.difference()[i] * gradient[i];
        }
      }
    }
    return norms.result(attribution);
  }

  /** Coefficients at the ends of the segments. */
  private static double[][] corners(PathGradient path, FeatureGroups groups, int segments) {
    double[][] corners = new double[segments + 1][path.size()];
    for (int k = 0; k <= segments; k++) {
      Arrays.fill(corners[k], (double) k / segments);
    }
    CodeTable.Positions codes = path.codes();
    int width = codes.table().width();
    for (int group = 0; group < groups.count(); group++) {
      int from = groups.from(group);
      int position = (from - codes.offset()) / width;
      if (groups.isCounted(group) && from >= codes.offset() && position < codes.codes().length) {
        WordPath words =
            new WordPath(
                codes.table(),
                codes.codes()[position],
                path.difference(),
                from,
                segments - 1,
                NEIGHBOURS);
        double[][] rows = words.coefficients();
        for (int k = 0; k <= segments; k++) {
          System.arraycopy(rows[k], 0, corners[k], from, width);
        }
      }
    }
    return corners;
  }

  /** A point of the way along the segments, each divided into equal parts. */
  private static double[] point(double[][] corners, int parts, int number) {
    double[] from = corners[number / parts];
    int part = number % parts;
    if (part == 0) {
      return from;
    }
    double[] to = corners[number / parts + 1];
    double[] point = new double[from.length];
    Arrays.setAll(point, i -> from[i] + (to[i] - from[i]) * part / parts);
    return point;
  }
}
