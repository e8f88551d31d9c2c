package dev.gsig.attribution.internal.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class CubicSplineTest {
  private static final double[] UNEVEN = {0, 0.03, 0.2, 0.25, 0.6, 0.61, 0.9, 1};
  private static final double[] FOUR = {0, 0.1, 0.7, 1};

  private static double apply(double[] weights, double[] nodes, DoubleUnaryOperator f) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * f.applyAsDouble(nodes[i]);
    }
    return sum;
  }

  @Test
  void reproducesCubicsOnUnevenNodes() {
    DoubleUnaryOperator cubic = a -> 2 - 3 * a + 5 * a * a - 7 * a * a * a;
    for (double[] nodes : new double[][] {FOUR, UNEVEN}) {
      CubicSpline spline = new CubicSpline(nodes);
      for (int i = 0; i <= 1000; i++) {
        double a = i / 1000.0;
        assertThat(apply(spline.weightsAt(a), nodes, cubic))
            .as("at %s", a)
            .isCloseTo(cubic.applyAsDouble(a), within(1e-12));
      }
    }
  }

  @Test
  void takesTheNodeValuesAtTheNodes() {
    CubicSpline spline = new CubicSpline(UNEVEN);
    for (int i = 0; i < UNEVEN.length; i++) {
      double[] unit = new double[UNEVEN.length];
      unit[i] = 1;
      assertThat(spline.weightsAt(UNEVEN[i])).containsExactly(unit);
    }
  }

  @Test
  void isContinuousWithTwoDerivativesAcrossTheNodes() {
    CubicSpline spline = new CubicSpline(UNEVEN);
    DoubleUnaryOperator f = a -> Math.sin(9 * a);
    double h = 1e-4;
    for (int i = 1; i < UNEVEN.length - 1; i++) {
      double a = UNEVEN[i];
      double[] s = new double[5];
      for (int j = 0; j < 5; j++) {
        s[j] = apply(spline.weightsAt(a + (j - 2) * h), UNEVEN, f);
      }
      assertThat((s[2] - s[1]) / h).isCloseTo((s[3] - s[2]) / h, within(0.1));
      double before = (s[2] - 2 * s[1] + s[0]) / (h * h);
      double after = (s[4] - 2 * s[3] + s[2]) / (h * h);
      assertThat(before).as("curvature at %s", a).isCloseTo(after, within(2.0));
    }
  }

  /** Not a knot: the first two pieces are one cubic, and so are the last two. */
  @Test
  void hasNoKnotAtTheSecondNode() {
    CubicSpline spline = new CubicSpline(UNEVEN);
    DoubleUnaryOperator f = a -> Math.exp(-20 * a);
    double[] left = {0, 0.01, 0.02, 0.03};
    double[] right = {0.04, 0.08, 0.12, 0.19};
    double[] y = Arrays.stream(left).map(a -> apply(spline.weightsAt(a), UNEVEN, f)).toArray();
    for (double a : right) {
      double cubic = lagrange(left, y, a);
      assertThat(apply(spline.weightsAt(a), UNEVEN, f)).isCloseTo(cubic, within(1e-10));
    }
  }

  private static double lagrange(double[] x, double[] y, double at) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double term = y[i];
      for (int j = 0; j < x.length; j++) {
        term *= j == i ? 1 : (at - x[j]) / (x[i] - x[j]);
      }
      sum += term;
    }
    return sum;
  }

  @Test
  void weightsOfARuleAreTheWeightedSumOfThoseOfItsPoints() {
    CubicSpline spline = new CubicSpline(UNEVEN);
    Random random = new Random(7);
    double[] alphas = random.doubles(40).toArray();
    alphas[3] = 0.25; // a node
    Arrays.sort(alphas);
    double[] w = random.doubles(40, -1, 1).toArray();
    double[] expected = new double[UNEVEN.length];
    for (int k = 0; k < alphas.length; k++) {
      double[] one = spline.weightsAt(alphas[k]);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += w[k] * one[i];
      }
    }
    assertThat(spline.weights(alphas, w)).containsExactly(expected, within(1e-13));
  }

  @Test
  void weightsAddUpToThoseOfTheRule() {
    CubicSpline spline = new CubicSpline(UNEVEN);
    for (double theta : ThetaCandidates.auto().values()) {
      Quadrature.Rule rule = Quadrature.RIGHT.rule(50, theta);
      double[] v = spline.weights(rule.alphas(), rule.weights());
      assertThat(Arrays.stream(v).sum()).as("theta %s", theta).isCloseTo(1, within(1e-13));
    }
  }

  @Test
  void refusesTooFewNodes() {
    assertThatThrownBy(() -> new CubicSpline(new double[] {0, 1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a not-a-knot spline needs at least 3 nodes");
  }

  @Test
  void refusesNodesThatDoNotAscend() {
    for (double[] bad :
        new double[][] {{0, 0.5, 0.5, 1}, {0, 0.6, 0.5, 1}, {0, Double.NaN, 0.5, 1}}) {
      assertThatThrownBy(() -> new CubicSpline(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("spline nodes must ascend");
    }
  }
}
