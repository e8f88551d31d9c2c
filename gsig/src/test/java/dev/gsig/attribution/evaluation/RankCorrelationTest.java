package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.evaluation.SanityCheck.RankCorrelation;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankCorrelationTest {
  /** Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: 4.5 / sqrt(4.5 * 5). */
  @Test
  void tiesShareTheMeanOfTheirRanks() {
    double[] x = {-1, 2, 2, 7};
    double[] y = {0.1, 0.3, 0.2, 0.4};
    assertThat(RankCorrelation.ranks(x)).containsExactly(1, 2.5, 2.5, 4);
    assertThat(RankCorrelation.spearman(x, y)).isCloseTo(4.5 / Math.sqrt(22.5), within(1e-15));
  }

  @Test
  void theSameOrderAndTheOpposite() {
    double[] x = {3, -1, 4, 1, -5};
    double[] stretched = {27, -1, 64, 1, -125};
    double[] turned = {-3, 1, -4, -1, 5};
    assertThat(RankCorrelation.of(x, stretched)).isEqualTo(new RankCorrelation(1.0, 1.0));
    assertThat(RankCorrelation.of(x, turned)).isEqualTo(new RankCorrelation(-1.0, 1.0));
  }

  @Test
  void notDefinedWithoutAnOrder() {
    RankCorrelation none = new RankCorrelation(null, null);
    assertThat(RankCorrelation.of(new double[0], new double[0])).isEqualTo(none);
    assertThat(RankCorrelation.of(new double[] {1}, new double[] {2})).isEqualTo(none);
    assertThat(RankCorrelation.of(new double[] {2, 2}, new double[] {1, 2})).isEqualTo(none);
    assertThat(RankCorrelation.of(new double[] {0.0, -0.0}, new double[] {1, 2})).isEqualTo(none);
    assertThat(RankCorrelation.of(new double[] {-2, 2}, new double[] {1, 2}))
        .isEqualTo(new RankCorrelation(1.0, null));
  }

  /** Ranks by counting, and the correlation as Pearson wrote it. */
  @Test
  void agreesWithASecondImplementation() {
    Random random = new Random(31);
    for (int trial = 0; trial < 200; trial++) {
      int n = 3 + random.nextInt(20);
      double[] x = random.ints(n, 0, 6).asDoubleStream().toArray();
      double[] y = random.doubles(n).map(v -> Math.floor(10 * v)).toArray();
      Double found = RankCorrelation.spearman(x, y);
      double expected = pearson(counted(x), counted(y));
      if (Double.isNaN(expected)) {
        assertThat(found).isNull();
      } else {
        assertThat(found).isCloseTo(expected, within(1e-12));
      }
    }
  }

  private static double[] counted(double[] x) {
    double[] ranks = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double rank = 0.5;
      for (double other : x) {
        rank += other < x[i] ? 1 : other == x[i] ? 0.5 : 0;
      }
      ranks[i] = rank;
    }
    return ranks;
  }

  private static double pearson(double[] x, double[] y) {
    int n = x.length;
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double syy = 0;
    double sxy = 0;
    for (int i = 0; i < n; i++) {
      sx += x[i];
      sy += y[i];
      sxx += x[i] * x[i];
      syy += y[i] * y[i];
      sxy += x[i] * y[i];
    }
    return (n * sxy - sx * sy) / Math.sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
  }
}
