package dev.gsig.attribution.evaluation;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How alike two attributions of one patient's codes rank them (Spearman, 1904): the correlation of
 * ranks, equal values sharing the mean of their ranks.
 *
 * @param signed of the signed scores, -1 to 1; null where all of one attribution are equal, or
 *     there are fewer than two codes
 * @param absolute the same of their sizes
 */
public record RankCorrelation(Double signed, Double absolute) {
  /**
   * Compares two attributions.
   *
   * @param before signed scores
   * @param after of the same codes
   */
  static RankCorrelation of(double[] before, double[] after) {
    return new RankCorrelation(spearman(before, after), spearman(sizes(before), sizes(after)));
  }

  private static double[] sizes(double[] x) {
    return Arrays.stream(x).map(Math::abs).toArray();
  }

  /** The correlation of the ranks; null where it is not defined. */
  static Double spearman(double[] x, double[] y) {
    double[] r = ranks(x);
    double[] s = ranks(y);
    double middle = (x.length + 1) / 2.0;
    double rs = 0;
    double rr = 0;
    double ss = 0;
    for (int i = 0; i < r.length; i++) {
      rs += (r[i] - middle) * (s[i] - middle);
      rr += (r[i] - middle) * (r[i] - middle);
      ss += (s[i] - middle) * (s[i] - middle);
    }
    return rr == 0 || ss == 0 ? null : Double.valueOf(rs / Math.sqrt(rr * ss));
  }

  /** Ranks from 1 on; equal values share the mean of theirs. */
  static double[] ranks(double[] x) {
    int[] order =
        IntStream.range(0, x.length)
            .boxed()
            .sorted((i, j) -> Double.compare(x[i], x[j]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[x.length];
    for (int from = 0; from < order.length; ) {
      int to = from;
      while (to < order.length && x[order[to]] == x[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
