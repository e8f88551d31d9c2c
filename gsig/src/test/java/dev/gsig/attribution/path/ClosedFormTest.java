package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.path.PathResult.Candidate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Integrated gradients of functions whose integral is known. */
class ClosedFormTest {
  private static final Offset<Double> TINY = within(1e-14);
  private static final int[] STEPS = {1, 2, 3, 10, 50, 333};

  /** f(x) = 3 x_0 - 2 x_1 + 5 from (1, 1) to (2, -3). */
  private static ClosedFormPath linear() {
    return new ClosedFormPath(new double[] {1, -4}, 6, 17, a -> new double[] {3, -2});
  }

  /** f(x, y) = x y from (0, 0) to (2, 3): both inputs get half of 6. */
  private static ClosedFormPath product() {
    return new ClosedFormPath(new double[] {2, 3}, 0, 6, a -> new double[] {3 * a, 2 * a});
  }

  /** f(x) = x^n from 0 to 1. */
  private static ClosedFormPath power(int n) {
    return new ClosedFormPath(new double[] {1}, 0, 1, a -> new double[] {n * Math.pow(a, n - 1)});
  }

  private static Candidate run(ClosedFormPath path, Quadrature.Rule rule, double theta) {
    boolean[] all = new boolean[path.difference().length];
    java.util.Arrays.fill(all, true);
    return Integrands.norms(path, 1, all).exact(theta, path.integrate(rule));
  }

  @Test
  void linearIsExactForAnyThetaAndStepCount() {
    for (int steps : STEPS) {
      for (double theta : new double[] {0.1, 0.569, 1, 2.096, 5}) {
        Candidate c = run(linear(), Quadrature.RIGHT.rule(steps, theta), theta);
        assertThat(c.attribution()).containsExactly(new double[] {3, 8}, within(1e-13));
        assertThat(c.l21()).isCloseTo(11, within(1e-13));
        assertThat(c.gap()).isLessThan(1e-13);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Quadrature.class)
  void linearIsExactForAnyQuadrature(Quadrature quadrature) {
    for (int steps : STEPS) {
      Candidate c = run(linear(), quadrature.rule(steps, 1), 1);
      assertThat(c.attribution()).containsExactly(new double[] {3, 8}, within(1e-13));
      assertThat(c.gap()).isLessThan(1e-13);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Quadrature.class,
      names = {"MIDPOINT", "TRAPEZOID", "GAUSS_LEGENDRE"})
  void productIsExactForRulesOfOrderTwo(Quadrature quadrature) {
    for (int steps : STEPS) {
      Candidate c = run(product(), quadrature.rule(steps, 1), 1);
      assertThat(c.attribution()).containsExactly(new double[] {3, 3}, TINY);
      assertThat(c.gap()).isLessThan(1e-13);
    }
  }

  /** sum_k a_k / K = (K + 1) / 2K on the right, (K - 1) / 2K on the left. */
  @Test
  void productErrsAsKnownForRightAndLeft() {
    for (int steps : STEPS) {
      double right = 6 * (steps + 1) / (2.0 * steps);
      Candidate r = run(product(), Quadrature.RIGHT.rule(steps, 1), 1);
      assertThat(r.attribution()).containsExactly(new double[] {right, right}, within(1e-13));
      assertThat(r.gap()).isCloseTo(6.0 / steps, within(1e-13));
      double left = 6 * (steps - 1) / (2.0 * steps);
      Candidate l = run(product(), Quadrature.LEFT.rule(steps, 1), 1);
      assertThat(l.attribution()).containsExactly(new double[] {left, left}, within(1e-13));
      assertThat(l.gap()).isCloseTo(6.0 / steps, within(1e-13));
    }
  }

  /** theta = 2: sum_k (k/K)^2 (2k - 1)/K^2 = (2 S_3 - S_2) / K^4 with the power sums S_2, S_3. */
  @Test
  void productErrsAsKnownForThetaTwo() {
    for (int steps : STEPS) {
      double k = steps;
      double squares = k * (k + 1) * (2 * k + 1) / 6;
      double cubes = k * k * (k + 1) * (k + 1) / 4;
      double expected = 6 * (2 * cubes - squares) / (k * k * k * k);
      Candidate c = run(product(), Quadrature.RIGHT.rule(steps, 2), 2);
      assertThat(c.attribution()).containsExactly(new double[] {expected, expected}, within(1e-12));
      assertThat(c.gap()).isCloseTo(2 * expected - 6, within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 10})
  void gaussLegendreIsExactForPolynomials(int steps) {
    for (int degree = 1; degree <= 2 * steps; degree++) {
      Candidate c = run(power(degree), Quadrature.GAUSS_LEGENDRE.rule(steps, 1), 1);
      assertThat(c.attribution()[0]).as("x^%d", degree).isCloseTo(1, within(1e-13));
      assertThat(c.gap()).isLessThan(1e-13);
    }
    // the first degree that K nodes cannot do
    double gap = run(power(2 * steps + 1), Quadrature.GAUSS_LEGENDRE.rule(steps, 1), 1).gap();
    assertThat(gap).isGreaterThan(1e-13);
  }

  /** x^3: the gradient is 3 a^2, whose midpoint sum is 1 - 1/4K^2 and trapezoid 1 + 1/2K^2. */
  @Test
  void gapEqualsTheKnownErrorForACube() {
    for (int steps : STEPS) {
      double square = (double) steps * steps;
      assertThat(run(power(3), Quadrature.MIDPOINT.rule(steps, 1), 1).gap())
          .isCloseTo(1 / (4 * square), TINY);
      assertThat(run(power(3), Quadrature.TRAPEZOID.rule(steps, 1), 1).gap())
          .isCloseTo(1 / (2 * square), TINY);
    }
  }
}
