package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Options;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuadratureTest {
  private static final int[] STEPS = {1, 2, 3, 4, 5, 7, 8, 16, 49, 50, 127, 200, 1000};
  private static final double[] THETAS = {0.001, 0.1, 0.569, 1, 2.096, 5, 30, 1000};
  private static final Offset<Double> TINY = within(1e-14);

  private static void assertRule(Quadrature.Rule rule, double[] alphas, double[] weights) {
    assertThat(rule.alphas()).containsExactly(alphas, TINY);
    assertThat(rule.weights()).containsExactly(weights, TINY);
  }

  private static void assertSound(Quadrature.Rule rule, String what) {
    assertThat(Arrays.stream(rule.weights()).sum()).as("weights of %s", what).isCloseTo(1, TINY);
    double previous = 0;
    for (double a : rule.alphas()) {
      assertThat(a).as("nodes of %s", what).isBetween(previous, 1.0);
      previous = a;
    }
    for (double w : rule.weights()) {
      assertThat(w).as("weights of %s", what).isGreaterThanOrEqualTo(0);
    }
  }

  @Test
  void theyAreCalledAsOnTheCommandLine() {
    assertThat(Quadrature.values())
        .extracting(Quadrature::label)
        .containsExactly("right", "left", "midpoint", "trapezoid", "gauss-legendre");
  }

  @ParameterizedTest
  @EnumSource(Quadrature.class)
  void weightsSumToOneAndNodesAscend(Quadrature quadrature) {
    for (int steps : STEPS) {
      assertSound(quadrature.rule(steps, 1), quadrature.label() + " K=" + steps);
    }
  }

  @Test
  void weightsOfTheRightSumAddUpForEveryTheta() {
    for (int steps : STEPS) {
      for (double theta : THETAS) {
        Quadrature.Rule rule = Quadrature.RIGHT.rule(steps, theta);
        assertSound(rule, "right K=" + steps + " theta=" + theta);
        assertThat(rule.alphas()).hasSize(steps).endsWith(1.0);
      }
    }
  }

  @Test
  void rightSumByHand() {
    assertRule(Quadrature.RIGHT.rule(1, 3), new double[] {1}, new double[] {1});
    assertRule(
        Quadrature.RIGHT.rule(4, 1),
        new double[] {0.25, 0.5, 0.75, 1},
        new double[] {0.25, 0.25, 0.25, 0.25});
    assertRule(
        Quadrature.RIGHT.rule(4, 2),
        new double[] {1 / 16.0, 4 / 16.0, 9 / 16.0, 1},
        new double[] {1 / 16.0, 3 / 16.0, 5 / 16.0, 7 / 16.0});
    assertRule(
        Quadrature.RIGHT.rule(4, 0.5),
        new double[] {0.5, Math.sqrt(0.5), Math.sqrt(0.75), 1},
        new double[] {
          0.5, Math.sqrt(0.5) - 0.5, Math.sqrt(0.75) - Math.sqrt(0.5), 1 - Math.sqrt(0.75)
        });
  }

  @Test
  void leftMidpointAndTrapezoidByHand() {
    assertRule(
        Quadrature.LEFT.rule(4, 1),
        new double[] {0, 0.25, 0.5, 0.75},
        new double[] {0.25, 0.25, 0.25, 0.25});
    assertRule(Quadrature.LEFT.rule(1, 1), new double[] {0}, new double[] {1});
    assertRule(Quadrature.MIDPOINT.rule(2, 1), new double[] {0.25, 0.75}, new double[] {0.5, 0.5});
    assertRule(Quadrature.MIDPOINT.rule(1, 1), new double[] {0.5}, new double[] {1});
    assertRule(
        Quadrature.TRAPEZOID.rule(2, 1), new double[] {0, 0.5, 1}, new double[] {0.25, 0.5, 0.25});
    assertRule(Quadrature.TRAPEZOID.rule(1, 1), new double[] {0, 1}, new double[] {0.5, 0.5});
  }

  @Test
  void gaussLegendreByHand() {
    assertRule(Quadrature.GAUSS_LEGENDRE.rule(1, 1), new double[] {0.5}, new double[] {1});
    double second = 1 / Math.sqrt(3);
    assertRule(
        Quadrature.GAUSS_LEGENDRE.rule(2, 1),
        new double[] {(1 - second) / 2, (1 + second) / 2},
        new double[] {0.5, 0.5});
    double third = Math.sqrt(0.6);
    assertRule(
        Quadrature.GAUSS_LEGENDRE.rule(3, 1),
        new double[] {(1 - third) / 2, 0.5, (1 + third) / 2},
        new double[] {5 / 18.0, 8 / 18.0, 5 / 18.0});
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 16, 50})
  void gaussLegendreIsExactToDegreeTwiceKMinusOne(int steps) {
    Quadrature.Rule rule = Quadrature.GAUSS_LEGENDRE.rule(steps, 1);
    for (int degree = 0; degree <= 2 * steps - 1; degree++) {
      assertThat(power(rule, degree)).as("a^%d", degree).isCloseTo(1.0 / (degree + 1), TINY);
    }
  }

  /** For a^(2K) the error is known: (K!)^4 / ((2K + 1) ((2K)!)^2). */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void gaussLegendreErrsAsKnownOneDegreeFurther(int steps) {
    double binomial = 1;
    for (int i = 1; i <= steps; i++) {
      binomial *= (double) (steps + i) / i;
    }
    double error = 1 / ((2 * steps + 1) * binomial * binomial);
    double sum = power(Quadrature.GAUSS_LEGENDRE.rule(steps, 1), 2 * steps);
    assertThat(1.0 / (2 * steps + 1) - sum).isCloseTo(error, TINY);
  }

  private static double power(Quadrature.Rule rule, int degree) {
    double sum = 0;
    for (int k = 0; k < rule.alphas().length; k++) {
      sum += rule.weights()[k] * Math.pow(rule.alphas()[k], degree);
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(value = Quadrature.class, mode = EnumSource.Mode.EXCLUDE, names = "RIGHT")
  void otherRulesRefuseAnotherTheta(Quadrature quadrature) {
    assertThatThrownBy(() -> quadrature.rule(10, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("only the right Riemann sum takes a theta other than 1");
  }

  /** Nodes and weights by mpmath with 40 digits: Newton's iteration on the recurrence of P_n. */
  @ParameterizedTest
  @CsvSource({
    "16,0,0.0052995325041750337,0.013576229705877047",
    "16,7,0.45249374508118128,0.094725305227534248",
    "1001,0,1.4414680285356531e-6,3.6992706764509146e-6",
    "1001,333,0.24988684704229067,0.0013581068381378545",
    "10000,0,1.4456519137594189e-8,3.7100096366196614e-8",
    "10000,1,7.6170536617414652e-8,8.6361958807047508e-8",
    "10000,3333,0.25003400812110453,0.00013603431820643221",
    "10000,9998,0.99999992382946338,8.6361958807047508e-8"
  })
  void gaussLegendreIsAccurateUpToTenThousandNodes(int n, int index, double a, double w) {
    Quadrature.Rule rule = Quadrature.GAUSS_LEGENDRE.rule(n, 1);
    assertThat(rule.alphas()[index]).isCloseTo(a, within(2e-15 * a));
    assertThat(rule.weights()[index]).isCloseTo(w, within(2e-14 * w));
    assertThat(rule.alphas()).isSorted().hasSize(n);
    assertThat(Arrays.stream(rule.weights()).sum()).isCloseTo(1, within(1e-14));
  }

  /** Making a rule takes the square of its nodes: a cohort pays once. */
  @Test
  void aRuleIsMadeOnce() {
    assertThat(Quadrature.GAUSS_LEGENDRE.rule(77, 1).alphas())
        .isSameAs(Quadrature.GAUSS_LEGENDRE.rule(77, 1).alphas());
  }

  @Test
  void gaussLegendreTakesNoMoreNodesThanItCanMake() {
    assertThatThrownBy(() -> Options.plain(Quadrature.GAUSS_LEGENDRE, 10_001).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gauss-legendre takes at most 10000 steps, more than it ever needs, but there are"
                + " 10001");
  }
}
