package dev.gsig.attribution.internal.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LowRankHessianTest {
  /** {@code D x + S A S' x} is what x was solved from; rank 0 is A = 0. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "7, 3, 3", "50, 11, 11", "50, 11, 2", "50, 50, 50", "20, 5, 0"})
  void solvesTheSystem(int n, int columns, int rank) {
    Random random = new Random(31L * n + columns);
    double[][] basis = random(random, columns, n);
    double[][] roots = random(random, rank, columns);
    double[] a = new double[columns * columns];
    for (double[] root : roots) {
      for (int i = 0; i < columns; i++) {
        for (int l = 0; l < columns; l++) {
          a[i * columns + l] += root[i] * root[l];
        }
      }
    }
    double[] diagonal = random.doubles(n).map(x -> Math.pow(10, 6 * x - 3)).toArray();
    double[] x = random(random, 1, n)[0];
    GroupNorms norms = new GroupNorms(basis, new double[0][]);
    double[] projected = norms.project(x);
    double[] q = new double[columns];
    for (int i = 0; i < columns; i++) {
      for (int l = 0; l < columns; l++) {
        q[i] += a[i * columns + l] * projected[l];
      }
    }
    double[] right = norms.expand(q);
    for (int k = 0; k < n; k++) {
      right[k] += diagonal[k] * x[k];
    }
    double[] solved = new LowRankHessian(norms, a, diagonal).solve(right);
    assertThat(solved).containsExactly(x, within(1e-7));
  }

  private static double[][] random(Random random, int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int k = 0; k < columns; k++) {
        row[k] = random.nextGaussian();
      }
    }
    return values;
  }
}
