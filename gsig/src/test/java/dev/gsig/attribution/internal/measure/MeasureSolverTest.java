package dev.gsig.attribution.internal.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Bits;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The solver against a lower bound that is found without it, and against known minima. */
class MeasureSolverTest {
  private static final double LOW = 0.5;
  private static final double HIGH = 2;

  /** A random problem: rows[j] is M_j, {@code [d, K]}. */
  private record Problem(double[][][] rows, double[] phi, double target) {
    static Problem random(long seed, int n, int tokens, int d, double smoothness) {
      Random random = new Random(seed);
      double[][][] rows = new double[tokens][d][n];
      double[] phi = new double[n];
      for (double[][] token : rows) {
        for (double[] row : token) {
          double a = random.nextGaussian();
          double b = random.nextGaussian();
          double c = random.nextGaussian();
          for (int k = 0; k < n; k++) {
            double x = (k + 0.5) / n;
            row[k] = a + b * Math.cos(3 * x) + c * x * x + (1 - smoothness) * random.nextGaussian();
            phi[k] += row[k];
          }
        }
      }
      double mean = Arrays.stream(phi).average().orElseThrow();
      double spread = Arrays.stream(phi).map(p -> Math.abs(p - mean)).average().orElseThrow();
      return new Problem(rows, phi, n * (mean + 0.2 * spread));
    }

    int n() {
      return phi.length;
    }

    MeasureSolver.Solution solve() {
      return solve(false, true);
    }

    MeasureSolver.Solution solve(boolean misled, boolean withPhi) {
      MeasureSolver solver = new MeasureSolver(n(), LOW, HIGH);
      return solver.solve(new Exact(this, misled), withPhi ? phi : null, target);
    }

    double[][] grams() {
      double[][] grams = new double[rows.length][n() * n()];
      for (int j = 0; j < rows.length; j++) {
        for (double[] row : rows[j]) {
          for (int k = 0; k < n(); k++) {
            for (int l = 0; l < n(); l++) {
              grams[j][k * n() + l] += row[k] * row[l];
            }
          }
        }
      }
      return grams;
    }

    double value(double[] v) {
      double sum = 0;
      for (double[][] token : rows) {
        double squares = 0;
        for (double[] row : token) {
          double x = dot(row, v);
          squares += x * x;
        }
        sum += Math.sqrt(squares);
      }
      return sum;
    }

    /** A subgradient of the value at v. */
    double[] slope(double[] v) {
      double[] slope = new double[n()];
      for (double[][] token : rows) {
        double[] image = Arrays.stream(token).mapToDouble(row -> dot(row, v)).toArray();
        double norm = Math.sqrt(dot(image, image));
        for (int e = 0; e < token.length && norm > 0; e++) {
          for (int k = 0; k < n(); k++) {
            slope[k] += image[e] / norm * token[e][k];
          }
        }
      }
      return slope;
    }

    /**
     * The value is convex and homogeneous, so it is at least {@code min slope' w} over the feasible
     * w; that minimum is the largest over m of a bound that a greedy choice gives.
     */
    double lowerBound(double[] v) {
      double[] slope = slope(v);
      double low = -1e3;
      double high = 1e3;
      for (int i = 0; i < 300; i++) {
        double a = low + (high - low) / 3;
        double b = high - (high - low) / 3;
        if (bound(slope, a) < bound(slope, b)) {
          low = a;
        } else {
          high = b;
        }
      }
      return bound(slope, (low + high) / 2);
    }

    private double bound(double[] slope, double m) {
      double[] reduced = slope.clone();
      for (int k = 0; k < n(); k++) {
        reduced[k] -= m * phi[k];
      }
      double[] sorted = reduced.clone();
      Arrays.sort(sorted);
      double left = n() * (1 - LOW);
      double sum = m * target + LOW * Arrays.stream(reduced).sum();
      for (double cost : sorted) {
        double more = Math.min(left, HIGH - LOW);
        sum += more * cost;
        left -= more;
      }
      return sum;
    }

    void assertFeasible(double[] v) {
      assertThat(Arrays.stream(v)).allMatch(x -> x >= LOW && x <= HIGH);
      assertThat(Arrays.stream(v).sum()).isCloseTo(n(), within(1e-11 * n()));
      double scale = Arrays.stream(phi).map(Math::abs).max().orElseThrow();
      assertThat(dot(phi, v)).isCloseTo(target, within(1e-11 * n() * scale));
    }
  }

  /** The problem as the solver sees it: itself, or at first the same with its tokens mixed up. */
  private record Exact(Problem problem, boolean misled) implements MeasureSolver.Problem {
    @Override
    public GroupNorms model(int level) {
      if (level > (misled ? 1 : 0)) {
        return null;
      }
      int n = problem.n();
      double[][] identity = new double[n][n];
      for (int k = 0; k < n; k++) {
        // mixed up: the points in reverse order
        identity[k][misled && level == 0 ? n - 1 - k : k] = 1;
      }
      return new GroupNorms(identity, problem.grams());
    }

    @Override
    public double value(double[] v, double mu, double[] slope) {
      for (double[][] token : problem.rows) {
        double[] image = Arrays.stream(token).mapToDouble(row -> dot(row, v)).toArray();
        double t = mu + Math.sqrt(mu * mu + dot(image, image));
        for (int e = 0; e < token.length; e++) {
          for (int k = 0; k < slope.length; k++) {
            slope[k] += image[e] / t * token[e][k];
          }
        }
      }
      return problem.value(v);
    }
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 12, 5, 3, 0",
    "2, 50, 60, 8, 1",
    "3, 50, 60, 8, 0.9",
    "4, 50, 3, 64, 0",
    "5, 7, 1, 1, 0.5",
    "6, 50, 200, 4, 1",
    "7, 100, 20, 8, 0.5",
    "8, 3, 4, 2, 0"
  })
  void findsTheMinimumToTheCertifiedGap(long seed, int n, int tokens, int d, double smoothness) {
    Problem problem = Problem.random(seed, n, tokens, d, smoothness);
    MeasureSolver.Solution found = problem.solve();
    problem.assertFeasible(found.weights());
    double value = problem.value(found.weights());
    assertThat(found.gap()).isBetween(0.0, MeasureSolver.TOLERANCE);
    assertThat(found.iterations()).isLessThan(40);
    // The slope where the solver stopped bounds less tightly than its own dual point.
    assertThat(value - problem.lowerBound(found.weights())).isLessThan(1e-2 * value);
    double[] better = improve(problem, found.weights());
    assertThat(value - problem.value(better)).isLessThanOrEqualTo(1.0001e-4 * value);
    assertThat(problem.value(better)).isGreaterThanOrEqualTo(value * (1 - found.gap()) - 1e-12);
  }

  /** Far from the central path, or with a poor direction or step, it takes at least 515. */
  @Test
  void takesFewSteps() {
    int iterations = 0;
    for (int seed = 0; seed < 60; seed++) {
      iterations += Problem.random(seed, 20, 8, 3, seed / 60.0).solve().iterations();
    }
    assertThat(iterations).isBetween(60, 505);
  }

  /** Random feasible moves that keep both equalities: whatever lowers the value is kept. */
  private static double[] improve(Problem problem, double[] start) {
    Random random = new Random(9);
    double[] v = start.clone();
    double value = problem.value(v);
    for (int trial = 0; trial < 20_000; trial++) {
      int[] k = random.ints(0, v.length).distinct().limit(3).toArray();
      double[] phi = problem.phi;
      double[] move = {phi[k[1]] - phi[k[2]], phi[k[2]] - phi[k[0]], phi[k[0]] - phi[k[1]]};
      double size = Math.pow(10, -5 * random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
      double[] w = v.clone();
      boolean inside = true;
      for (int i = 0; i < 3; i++) {
        w[k[i]] += size * move[i] / (Math.abs(move[0]) + Math.abs(move[1]) + Math.abs(move[2]));
        inside &= w[k[i]] >= LOW && w[k[i]] <= HIGH;
      }
      if (inside && problem.value(w) < value) {
        v = w;
        value = problem.value(w);
      }
    }
    return v;
  }

  /** One token with one feature and positive entries: a linear program, whose optimum is greedy. */
  @Test
  void aLinearCaseIsSolvedByGreed() {
    double[] row = {4, 1, 3, 2};
    Problem problem = new Problem(new double[][][] {{row}}, row, 0);
    double[] v = problem.solve(false, false).weights();
    // sum 4: the smallest entry takes 2, the others at least 1/2, and what is left goes to 2
    assertThat(problem.value(v)).isCloseTo(0.5 * 4 + 2 * 1 + 0.5 * 3 + 1 * 2, within(1e-3));
  }

  /** Two tokens, |v1 - v2| and |v3 - v4| in effect: equal weights make both zero. */
  @Test
  void groupsThatCanVanishDo() {
    double[][][] rows = {{{1, -1, 0, 0}}, {{0, 0, 1, -1}}};
    Problem problem = new Problem(rows, new double[] {0, 0, 1, 2}, 3.5);
    MeasureSolver.Solution found = problem.solve();
    // the sum and v3 + 2 v4 = 3.5 with v3 = v4 = 7/6 leave v1 = v2 = 5/6
    double sixth = 1.0 / 6;
    double[] expected = {5 * sixth, 5 * sixth, 7 * sixth, 7 * sixth};
    assertThat(found.weights()).containsExactly(expected, within(1e-3));
    // the gap is relative to a thousandth of the value at the start, which is 2 at most
    assertThat(problem.value(found.weights())).isLessThan(2e-3 * MeasureSolver.TOLERANCE);
  }

  @Test
  void nothingToLower() {
    double[][][] zero = {{{0, 0, 0, 0}}};
    MeasureSolver.Solution found = new Problem(zero, new double[4], 0).solve(false, false);
    assertThat(found.weights()).containsExactly(1, 1, 1, 1);
    assertThat(found.gap()).isZero();
    Problem none = new Problem(new double[0][][], new double[4], 0);
    assertThat(none.solve(false, false).gap()).isZero();
  }

  /** The certificate is the problem's own, so a wrong model is found out, and the next one used. */
  @Test
  void aMisleadingModelIsFoundOut() {
    Problem problem = Problem.random(12, 50, 40, 6, 0.8);
    MeasureSolver.Solution found = problem.solve(true, true);
    assertThat(found.level()).isEqualTo(1);
    assertThat(found.gap()).isBetween(0.0, MeasureSolver.TOLERANCE);
    problem.assertFeasible(found.weights());
    double value = problem.value(found.weights());
    assertThat(value).isCloseTo(problem.value(problem.solve().weights()), within(1e-4 * value));
  }

  @Test
  void theSameBitsAgainAndNoMatterTheUnit() {
    Problem problem = Problem.random(11, 50, 40, 6, 0.8);
    MeasureSolver.Solution found = problem.solve();
    double[] v = found.weights();
    double[] again = problem.solve().weights();
    assertThat(Bits.of(again)).isEqualTo(Bits.of(v));
    double[][][] scaled = new double[problem.rows.length][][];
    for (int j = 0; j < scaled.length; j++) {
      scaled[j] =
          Arrays.stream(problem.rows[j])
              .map(row -> Arrays.stream(row).map(x -> 0x1p-60 * x).toArray())
              .toArray(double[][]::new);
    }
    Problem tiny = new Problem(scaled, problem.phi, problem.target);
    assertThat(Bits.of(tiny.solve().weights())).isEqualTo(Bits.of(v));
    assertThat(tiny.solve().gap()).isEqualTo(found.gap());
  }

  @Test
  void extremesFillTheBox() {
    MeasureSolver solver = new MeasureSolver(4, LOW, HIGH);
    double[] phi = {3, -1, 7, 0};
    assertThat(solver.extreme(phi, 1)).containsExactly(1, 0.5, 2, 0.5);
    assertThat(solver.extreme(phi, -1)).containsExactly(0.5, 2, 0.5, 1);
    assertThat(solver.extreme(new double[] {5, 5, 5, 5}, 1)).containsExactly(2, 1, 0.5, 0.5);
    assertThat(solver.extreme(new double[] {5, 5, 5, 5}, -1)).containsExactly(2, 1, 0.5, 0.5);
    assertThat(new MeasureSolver(1, LOW, HIGH).extreme(new double[] {3}, 1)).containsExactly(1);
  }
}
