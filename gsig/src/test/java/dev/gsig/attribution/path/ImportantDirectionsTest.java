package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportantDirectionsTest {
  private static PathResult run(ClosedFormModel model, int steps) {
    return PathMethods.IDGI.attribute(
        model, model.norms(), PathSettings.steps(PathMethods.IDGI, steps));
  }

  /** f = 3 x - 4 y changes by 3 (2 - 0) - 4 (1 - 2) = 10, of which 9/25 and 16/25. */
  @Test
  void aLinearFunctionByHand() {
    ClosedFormModel model =
        new ClosedFormModel(
            new double[] {0, 2},
            new double[] {2, 1},
            x -> 3 * x[0] - 4 * x[1],
            x -> new double[] {3, -4});
    for (int steps : new int[] {1, 2, 7}) {
      assertThat(run(model, steps).attribution())
          .containsExactly(new double[] {3.6, 6.4}, within(1e-14));
    }
  }

  /**
   * f = x y from (1, 0) to (1, 2), K = 2: at (1, 0) the gradient is (0, 1), at (1, 1) it is (1, 1),
   * and f changes by 1 each time. x gets a share although it does not move.
   */
  @Test
  void aProductByHand() {
    ClosedFormModel model =
        new ClosedFormModel(
            new double[] {1, 0},
            new double[] {1, 2},
            x -> x[0] * x[1],
            x -> new double[] {x[1], x[0]});
    assertThat(run(model, 2).attribution()).containsExactly(new double[] {0.5, 1.5}, within(1e-15));
  }

  /** Over more steps than are held at once. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 200})
  void isTheFormulaAndComplete(int steps) {
    ClosedFormModel model = ClosedFormModel.random(steps, 7, 3);
    double[] expected = new double[7];
    double[] alphas = new double[steps + 1];
    Arrays.setAll(alphas, k -> (double) k / steps);
    double[][] gradients = model.at(alphas);
    double[] scores = Arrays.stream(alphas).map(a -> score(model, a)).toArray();
    for (int k = 0; k < steps; k++) {
      double squares = Arrays.stream(gradients[k]).map(g -> g * g).sum();
      for (int i = 0; i < 7; i++) {
        expected[i] += gradients[k][i] * gradients[k][i] / squares * (scores[k + 1] - scores[k]);
      }
    }
    PathResult result = run(model, steps);
    assertThat(result.attribution()).containsExactly(expected, within(1e-13));
    assertThat(result.attribution()[3]).isZero();
    assertThat(result.completenessGap()).isLessThan(1e-13);
    assertThat(model.asked()).hasSize(steps);
  }

  private static double score(ClosedFormModel model, double a) {
    return model.scores(new double[][] {{a}})[0];
  }

  /** f = max(0, x - 1/2) from 0 to 1 in two steps: the first has no gradient and no change. */
  @Test
  void aStepWithoutAGradientIsNobodys() {
    ClosedFormModel flat =
        new ClosedFormModel(
            new double[] {0},
            new double[] {1},
            x -> Math.max(0, x[0] - 0.5),
            x -> new double[] {x[0] > 0.5 ? 1 : 0});
    PathResult result = run(flat, 2);
    // the kink itself counts to the flat side: nothing is explained, and the gap says so
    assertThat(result.attribution()).containsExactly(0);
    assertThat(result.completenessGap()).isEqualTo(0.5);
    assertThat(run(flat, 4).attribution()[0]).isEqualTo(0.25);
  }

  /** Squares of such gradients are 0 in float64. */
  @Test
  void smallGradientsHaveADirectionToo() {
    ClosedFormModel model =
        new ClosedFormModel(
            new double[] {0, 0},
            new double[] {1, 1},
            x -> 1e-200 * (x[0] + 2 * x[1]),
            x -> new double[] {1e-200, 2e-200});
    assertThat(run(model, 3).attribution())
        .containsExactly(new double[] {0.6e-200, 2.4e-200}, within(1e-213));
  }
}
