package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Options;
import dev.gsig.attribution.path.PathResult.Candidate;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedMeasureTest {
  private static PathResult solve(ClosedFormPath path, int steps) {
    return new BoundedMeasure()
        .attribute(path, Integrands.objective(path), Options.zero().steps(steps).build().path());
  }

  private static DoubleStream weights(PathResult.Measure measure) {
    return measure.weights().stream().mapToDouble(Double::doubleValue);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void isCompleteAndSparserThanTheMidpointRule(long seed) {
    ClosedFormPath path = Integrands.sigmoids(seed, 0.1, 0.5);
    PathResult found = solve(path, 50);
    assertThat(found.measure().complete()).isTrue();
    assertThat(found.measure().dualityGap()).isBetween(0.0, 1e-4);
    assertThat(found.chosen().gap()).isLessThan(1e-13);
    assertThat(found.chosen().l21()).isLessThan(found.candidates().get(0).l21());
    assertThat(weights(found.measure())).hasSize(50).allMatch(w -> w >= 0.01 && w <= 0.04);
    assertThat(weights(found.measure()).sum()).isCloseTo(1, within(1e-13));
    assertThat(path.gradients()).isEqualTo(50);
  }

  private static PathResult solveToTolerance(ClosedFormPath path, double tolerance) {
    PathOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.BOUNDED_MEASURE)
            .tolerance(tolerance)
            .build()
            .path();
    return new BoundedMeasure().attribute(path, Integrands.objective(path), options);
  }

  /** The integral under the density that the weights say, by 40 points in each of the cells. */
  private static double[] underDensity(ClosedFormPath path, PathResult.Measure measure) {
    Quadrature.Rule fine = Quadrature.GAUSS_LEGENDRE.rule(40, 1);
    int cells = measure.weights().size();
    double[] sum = new double[path.size()];
    for (int k = 0; k < cells; k++) {
      int cell = k;
      double[] alphas =
          DoubleStream.of(fine.alphas()).map(a -> Math.min(1, (cell + a) / cells)).toArray();
      double[] mean = path.integrate(new Quadrature.Rule(alphas, fine.weights()));
      for (int i = 0; i < sum.length; i++) {
        sum[i] += measure.weights().get(k) * mean[i];
      }
    }
    return path.attribution(sum);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void isReadOffTheNodesOfAnIntegral(long seed) {
    ClosedFormPath path = Integrands.sigmoids(seed, 0.1, 0.5);
    double tolerance = 1e-3;
    PathResult found = solveToTolerance(path, tolerance);
    assertThat(path.gradients()).isLessThan(45);
    assertThat(found.convergence().reached()).isTrue();
    assertThat(found.measure().complete()).isTrue();
    assertThat(found.chosen().gap()).isLessThan(1e-13);
    assertThat(weights(found.measure())).hasSize(50).allMatch(w -> w >= 0.01 && w <= 0.04);
    AttributionNorms norms = Integrands.objective(path);
    double[] exact = underDensity(path, found.measure());
    double[] difference = new double[exact.length];
    for (int i = 0; i < exact.length; i++) {
      difference[i] = found.attribution()[i] - exact[i];
    }
    assertThat(norms.relative(difference, exact)).isLessThanOrEqualTo(tolerance);
    assertThat(found.l21()).isCloseTo(solve(path, 50).l21(), within(0.01 * found.l21()));
  }

  /** What is reported is the sum that the weights and points say. */
  @Test
  void theAttributionIsTheWeightedSum() {
    ClosedFormPath path = Integrands.sigmoids(3, 0.1, 0.5);
    PathResult found = solve(path, 20);
    Quadrature.Rule rule =
        new Quadrature.Rule(
            found.measure().alphas().stream().mapToDouble(a -> a).toArray(),
            weights(found.measure()).toArray());
    assertThat(rule.alphas()).isEqualTo(Quadrature.MIDPOINT.rule(20, 1).alphas());
    Candidate sum = Integrands.objective(path).exact(1, path.integrate(rule));
    assertThat(found.chosen().attribution()).containsExactly(sum.attribution(), within(1e-14));
    assertThat(found.chosen().l21()).isCloseTo(sum.l21(), within(1e-13));
  }

  /** A jump between two points of the path is more than a spline through a few of them sees. */
  @Test
  void aRoughPathIsSolvedToTheSameGap() {
    ClosedFormPath path =
        new ClosedFormPath(
            new double[] {1, 1, 1},
            0,
            1.2,
            a ->
                new double[] {
                  a < 0.437 ? 2 : -1.5, Math.sin(40 * a) + 0.3, 1 + Math.signum(a - 0.61)
                });
    PathResult found = solve(path, 50);
    assertThat(found.measure().complete()).isTrue();
    assertThat(found.measure().dualityGap()).isBetween(0.0, 1e-4);
    assertThat(found.chosen().gap()).isLessThan(1e-13);
  }

  /** So many that their product is beyond float64: logarithms are taken on the way. */
  @Test
  void manyStepsAreSolvedToTheSameGap() {
    PathResult found = solve(Integrands.sigmoids(5, 0.1, 0.5), 2000);
    assertThat(found.measure().complete()).isTrue();
    assertThat(found.measure().dualityGap()).isBetween(0.0, 1e-4);
    assertThat(found.chosen().gap()).isLessThan(1e-12);
  }

  /** The gradients along the path explain 0.5 at most; the scores say 7. */
  @Test
  void whereNoWeightsAreCompleteTheMidpointRuleStandsIn() {
    ClosedFormPath path =
        new ClosedFormPath(new double[] {1, 0}, 0, 7, a -> new double[] {a / 2, 0});
    PathResult found = solve(path, 10);
    assertThat(found.measure().complete()).isFalse();
    assertThat(weights(found.measure())).containsOnly(0.1);
    assertThat(found.chosen()).isSameAs(found.candidates().get(0));
    assertThat(found.chosen().gap()).isCloseTo(7 - 0.25, within(1e-14));
  }

  @Test
  void oneStepIsComplete() {
    assertThat(solve(Integrands.constant(2), 1).measure().complete()).isTrue();
    assertThat(solve(Integrands.sigmoids(1, 0.1, 0.5), 1).measure().complete()).isFalse();
  }

  @Test
  void aConstantGradientIsCompleteWithAnyWeights() {
    PathResult found = solve(Integrands.constant(2), 50);
    assertThat(found.measure().complete()).isTrue();
    assertThat(found.chosen().gap()).isLessThan(1e-12);
    assertThat(found.chosen().l21()).isCloseTo(found.candidates().get(0).l21(), within(1e-12));
  }
}
