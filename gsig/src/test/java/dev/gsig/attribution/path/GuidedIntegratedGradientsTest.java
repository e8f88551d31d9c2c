package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** See {@link ComparatorParityTest} for the same against a second implementation. */
class GuidedIntegratedGradientsTest {
  private static PathResult run(
      ClosedFormModel model, double fraction, double distance, int steps) {
    PathMethod method = new GuidedIntegratedGradients(fraction, distance);
    return method.attribute(model, model.norms(), PathSettings.steps(method, steps));
  }

  /** f = x y from 0 to (1, 1), and x has the smaller gradient all along. */
  private static ClosedFormModel product() {
    return new ClosedFormModel(
        new double[] {0, 0.5},
        new double[] {1, 1.5},
        x -> x[0] * x[1],
        x -> new double[] {x[1], x[0]});
  }

  /**
   * Any path, fraction 0: the input with the smallest gradient alone moves. From (0, 0.5) with
   * gradient (0.5, 0), y moves by half of the way of 2, to (0, 1.5). There x has 1.5 and y, which
   * has arrived, does not count: x moves to (1, 1.5). So y gets 0 and x gets 1.5.
   */
  @Test
  void aProductByHand() {
    PathResult result = run(product(), 0, 1, 2);
    assertThat(result.attribution()).containsExactly(new double[] {1.5, 0}, within(1e-15));
    assertThat(result.completenessGap()).isLessThan(1e-15);
  }

  /** All inputs together, or none away from the line: integrated gradients by the left rule. */
  @ParameterizedTest
  @CsvSource({"1, 1", "0.25, 0", "1, 0.02"})
  void withoutAChoiceItIsTheStraightPath(double fraction, double distance) {
    ClosedFormModel model = ClosedFormModel.random(3, 9, 4);
    double[] mean = model.integrate(Quadrature.LEFT.rule(20, 1));
    assertThat(run(model, fraction, distance, 20).attribution())
        .containsExactly(model.attribution(mean), within(1e-12));
  }

  /** The gap is that of a Riemann sum of so many steps, on any path. */
  @ParameterizedTest
  @ValueSource(doubles = {0.02, 0.3, 1})
  void completenessAndDummy(double distance) {
    for (long seed = 1; seed <= 5; seed++) {
      ClosedFormModel model = ClosedFormModel.random(seed, 12, 5);
      PathResult few = run(model, 0.25, distance, 100);
      PathResult many = run(model, 0.25, distance, 1000);
      assertThat(many.completenessGap()).isLessThan(0.02);
      assertThat(few.completenessGap()).isLessThan(0.2);
      assertThat(many.attribution()[5]).isZero();
    }
  }

  /** Each step is 1/K of the way in the 1-norm, forwards, and near the line. */
  @ParameterizedTest
  @CsvSource({"0.25, 0.02", "0.1, 0.2", "0, 1", "0.5, 1"})
  void thePathIsMonotoneAndWithinItsDistance(double fraction, double distance) {
    ClosedFormModel model = ClosedFormModel.random(8, 10, 0);
    int steps = 25;
    run(model, fraction, distance, steps);
    List<double[]> points = model.asked();
    assertThat(points).hasSize(steps);
    double total = Arrays.stream(model.difference()).map(Math::abs).sum();
    for (int k = 0; k < steps; k++) {
      double a = (double) k / steps;
      double done = 0;
      for (int i = 0; i < 10; i++) {
        double c = points.get(k)[i];
        done += c * Math.abs(model.difference()[i]);
        assertThat(c).isBetween(a - distance - 1e-12, a + distance + 1e-12);
        assertThat(c).isGreaterThanOrEqualTo(k == 0 ? 0 : points.get(k - 1)[i]);
      }
      assertThat(done / total).isCloseTo(a, within(1e-9));
    }
  }

  @Test
  void nothingMovesWhereNothingDiffers() {
    ClosedFormModel same =
        new ClosedFormModel(
            new double[] {1, 2}, new double[] {1, 2}, x -> x[0], x -> new double[] {1, 0});
    PathResult result = run(same, 0.25, 0.02, 5);
    assertThat(result.attribution()).containsExactly(0, 0);
    assertThat(same.asked()).isEmpty();
  }

  /** An input that is the same at both ends has no share, whatever its gradient. */
  @Test
  void whatDoesNotMoveGetsNothing() {
    ClosedFormModel model =
        new ClosedFormModel(
            new double[] {0, 3, 0},
            new double[] {1, 3, -1},
            x -> x[0] * x[1] - x[2] * x[2],
            x -> new double[] {x[1], x[0], -2 * x[2]});
    PathResult result = run(model, 0.25, 1, 400);
    assertThat(result.attribution()).containsExactly(new double[] {3, 0, -1}, within(0.02));
    assertThat(result.attribution()[1]).isZero();
  }
}
