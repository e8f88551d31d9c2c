package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.path.PathResult.Convergence;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveIntegralTest {
  private static PathResult integrate(PathGradient path, double tolerance) {
    boolean[] counted = new boolean[path.size() / Integrands.D];
    Arrays.fill(counted, true);
    return integrate(path, Integrands.norms(path, Integrands.D, counted), tolerance);
  }

  private static PathResult integrate(PathGradient path, AttributionNorms norms, double tolerance) {
    return AdaptiveIntegral.over(path, norms, tolerance);
  }

  /** l21 of the difference to a fine rule, relative. */
  private static double error(ClosedFormPath path, PathResult result) {
    AttributionNorms norms = Integrands.objective(path);
    double[] exact = path.attribution(path.integrate(Quadrature.GAUSS_LEGENDRE.rule(2000, 1)));
    double[] difference = result.attribution().clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= exact[i];
    }
    return norms.l21(difference) / norms.l21(exact);
  }

  @Test
  void fiveNodesDoForACubic() {
    ClosedFormPath path =
        new ClosedFormPath(
            new double[] {1, -2},
            0,
            1 - 0.5 + 0.75 - 2 * (2 / 3.0 - 0.3),
            a -> new double[] {1 - a + 3 * a * a * a, 2 * a * a - 0.3});
    PathResult result = integrate(path, 1e-9);
    assertThat(path.gradients()).isEqualTo(5);
    assertThat(result.attribution())
        .containsExactly(new double[] {1.25, -2 * (2 / 3.0 - 0.3)}, within(1e-14));
    assertThat(result.convergence().reached()).isTrue();
    assertThat(result.convergence().error()).isLessThan(1e-13);
  }

  @Test
  void aGradientThatIsTheSameEverywhereTakesFive() {
    ClosedFormPath path = Integrands.constant(0.7);
    PathResult result = integrate(path, 1e-12);
    assertThat(path.gradients()).isEqualTo(5);
    assertThat(result.completenessGap()).isLessThan(1e-14);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-2, 1e-4, 1e-6})
  void theErrorIsWithinTheTolerance(double tolerance) {
    int reached = 0;
    int beyond = 0;
    int gradients = 0;
    for (long seed = 0; seed < 100; seed++) {
      ClosedFormPath path = Integrands.sigmoids(seed, 0.1, 0.4);
      PathResult result = integrate(path, tolerance);
      gradients += path.gradients();
      reached += result.convergence().reached() ? 1 : 0;
      assertThat(result.convergence().error() <= tolerance || path.gradients() == 129).isTrue();
      beyond += error(path, result) > tolerance ? 1 : 0;
    }
    assertThat(reached).as("of 100").isGreaterThanOrEqualTo(98);
    assertThat(beyond).as("of 100").isLessThanOrEqualTo(1);
    assertThat(gradients / 100.0).isLessThan(tolerance == 1e-2 ? 12 : 90);
  }

  /** The estimate of the error alone would be content: the sum is not. */
  @Test
  void theCompletenessGapIsTheSecondGuard() {
    ClosedFormPath flat = Integrands.constant(1);
    ClosedFormPath wrongScore =
        new ClosedFormPath(flat.difference(), 0, 1.05 * flat.endScore(), a -> new double[] {1, -1});
    PathResult result = integrate(wrongScore, 0.01);
    assertThat(result.convergence().error()).isLessThan(1e-12);
    assertThat(result.convergence().reached()).isFalse();
    assertThat(integrate(wrongScore, 0.1).convergence().reached()).isTrue();
  }

  @Test
  void aJumpIsBisected() {
    ClosedFormPath path = Integrands.jump();
    PathResult result = integrate(Integrands.notSmooth(path), 0.01);
    assertThat(result.convergence().reached()).isTrue();
    assertThat(result.attribution()).containsExactly(new double[] {1.5, 1.5}, within(0.015));
    assertThat(path.gradients()).isLessThan(60);
  }

  @Test
  void whatCannotBeIntegratedIsSaidSoAfter129Gradients() {
    ClosedFormPath path = Integrands.noise();
    Convergence convergence = integrate(path, 1e-4).convergence();
    assertThat(path.gradients()).isEqualTo(129);
    assertThat(convergence.reached()).isFalse();
    assertThat(convergence.error()).isGreaterThan(1e-4);
    assertThat(convergence.steepEnd()).isNull();
  }

  /** A score that saturates, with its gradient; on the way all of it changes at one end. */
  private static PathGradient steep(DoubleUnaryOperator score, DoubleUnaryOperator slope) {
    return new PathGradient() {
      @Override
      public double[] difference() {
        return new double[] {1, 1};
      }

      @Override
      public double[] integrate(Quadrature.Rule rule) {
        throw new AssertionError("no rule is asked for");
      }

      @Override
      public double[][] at(double[] alphas) {
        return Arrays.stream(alphas)
            .map(slope)
            .mapToObj(g -> new double[] {g / 2, g / 2})
            .toArray(double[][]::new);
      }

      @Override
      public List<PathGradient.Point> points(double[][] coefficients) {
        throw new AssertionError("no point beside the path is asked for");
      }

      @Override
      public double[] scores(double[][] coefficients) {
        throw new AssertionError("no point beside the path is asked for");
      }

      @Override
      public double[] scores(double[] alphas) {
        return Arrays.stream(alphas).map(score).toArray();
      }
    };
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-5, 1e-7, 1e-12})
  void aScoreThatChangesAtOneEndOnlyIsRecognised(double width) {
    // a norm: the length of a vector is seen only where it is about the norm's epsilon
    DoubleUnaryOperator score = a -> a / Math.sqrt(a * a + width * width);
    DoubleUnaryOperator slope = a -> width * width / Math.pow(a * a + width * width, 1.5);
    PathGradient start = steep(score, slope);
    Convergence atStart = integrate(start, 0.01).convergence();
    assertThat(atStart.steepEnd()).isEqualTo(Convergence.Side.START);
    assertThat(atStart.reached()).isFalse();
    PathGradient end = steep(a -> -score.applyAsDouble(1 - a), a -> slope.applyAsDouble(1 - a));
    assertThat(integrate(end, 0.01).convergence().steepEnd()).isEqualTo(Convergence.Side.END);
    PathGradient wide = steep(a -> Math.tanh(20 * a), a -> 20 / Math.pow(Math.cosh(20 * a), 2));
    Convergence convergence = integrate(wide, 0.01).convergence();
    assertThat(convergence.steepEnd()).isNull();
    assertThat(convergence.reached()).isTrue();
  }

  @Test
  void aMeanOfPathsThatCancelIsNotSaidToBeWithinTheTolerance() {
    ClosedFormPath one = Integrands.sigmoids(2, 0.1, 0.4);
    for (double share : new double[] {0.5, -0.9999}) {
      ClosedFormPath other =
          new ClosedFormPath(
              one.difference(),
              0,
              share * one.endScore(),
              a -> Arrays.stream(one.at(new double[] {a})[0]).map(g -> share * g).toArray());
      double mean = (1 + share) / 2;
      PathGradient both =
          new CountedPath(one) {
            @Override
            public double endScore() {
              return mean * one.endScore();
            }

            @Override
            public void parts(Consumer<PathGradient> use) {
              use.accept(one);
              use.accept(other);
            }
          };
      Convergence convergence = integrate(both, 0.01).convergence();
      assertThat(convergence.reached()).as("share %s", share).isEqualTo(share > 0);
      assertThat(convergence.error() <= 0.01).isEqualTo(share > 0);
    }
  }

  /** What counts for no norm is within the tolerance, too: a tabular value beside a token. */
  @Test
  void inputsThatCountForNoNormAreIntegratedToo() {
    double[] difference = {1, 1, 1};
    ClosedFormPath path =
        new ClosedFormPath(
            difference,
            0,
            2 + Math.atan(40) / 40,
            a -> new double[] {1, 1, 1 / (1 + 1600 * a * a)});
    AttributionNorms norms = Integrands.norms(path, Integrands.D, true);
    PathResult result = integrate(path, norms, 1e-4);
    assertThat(result.convergence().reached()).isTrue();
    assertThat(result.attribution()[2]).isCloseTo(Math.atan(40) / 40, within(1e-4 * 2));
    assertThat(path.gradients()).isGreaterThan(9);
  }
}
