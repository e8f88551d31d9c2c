package dev.gsig.attribution.path;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The path of one position from its code's row towards the baseline's, through the rows of other
 * codes made monotone: the greedy strategy of {@link DiscretizedIntegratedGradients}. Rows are told
 * by their difference u from the position's own, so that the own one is 0 and the baseline's is
 * {@code -difference}, both exactly.
 */
final class WordPath {
  private final CodeTable table;
  private final int own;
  private final double[] baseline;
  private final int anchors;
  private final int neighbours;

  /**
   * A path.
   *
   * @param own the position's code
   * @param difference its row minus the baseline's; as many numbers as a row has, from an offset on
   * @param anchors how many codes it leads through
   * @param neighbours how many codes around one are looked at
   */
  WordPath(CodeTable table, int own, double[] difference, int offset, int anchors, int neighbours) {
    this.table = table;
    this.own = own;
    this.anchors = anchors;
    this.neighbours = neighbours;
    baseline = new double[table.width()];
    Arrays.setAll(baseline, i -> -difference[offset + i]);
  }

  /**
   * Coefficients of the row at each point: of the baseline, of the anchors, the last one first, and
   * of the code's own row.
   *
   * @return {@code [anchors + 2, width]}
   */
  double[][] coefficients() {
    double[][] rows = new double[anchors + 2][baseline.length];
    int code = own;
    Set<Integer> seen = new HashSet<>(Set.of(own));
    double[] last = new double[baseline.length];
    Arrays.fill(rows[anchors + 1], 1);
    for (int k = anchors; k > 0; k--) {
      code = code < 0 ? code : next(code, seen);
      seen.add(code);
      for (int i = 0; i < last.length; i++) {
        last[i] = monotone(i, last[i], row(code, i));
        // 0 / 0 where nothing moves
        rows[k][i] = baseline[i] == 0 ? 1 : Math.min(1, Math.max(0, 1 - last[i] / baseline[i]));
      }
    }
    return rows;
  }

  /** A number of a code's row; of the baseline's where the code is -1. */
  private double row(int code, int i) {
    return code < 0 ? baseline[i] : table.get(code, i) - table.get(own, i);
  }

  /**
   * The number itself where it lies between the baseline's and the last point's, else one a small
   * part of the way from that point to the baseline.
   */
  private double monotone(int i, double last, double u) {
    double b = baseline[i];
    boolean between = Math.min(b, last) <= u && u <= Math.max(b, last);
    return between ? u : last - (last - b) / anchors;
  }

  /**
   * The code near another that is changed least by being made monotone; -1, the baseline, where
   * there is none but those of the path and the baseline's own.
   */
  private int next(int code, Set<Integer> seen) {
    double[] here = new double[baseline.length];
    Arrays.setAll(here, i -> row(code, i));
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int candidate : table.nearest(code, neighbours)) {
      if (!seen.contains(candidate)) {
        double squares = 0;
        for (int i = 0; i < here.length && squares < least; i++) {
          double u = row(candidate, i);
          double change = monotone(i, here[i], u) - u;
          squares += change * change;
        }
        if (squares < least && !isBaseline(candidate)) {
          best = candidate;
          least = squares;
        }
      }
    }
    return best;
  }

  private boolean isBaseline(int code) {
    for (int i = 0; i < baseline.length; i++) {
      if (row(code, i) != baseline[i]) {
        return false;
      }
    }
    return true;
  }
}
