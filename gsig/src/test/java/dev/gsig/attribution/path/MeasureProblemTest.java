package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.internal.measure.GroupNorms;
import dev.gsig.attribution.internal.measure.MeasureSolver;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two codes with a special token between them, and a tabular value; the gradients are cubics. */
class MeasureProblemTest {
  private static final int POINTS = 50;
  private static final double[] DIFFERENCE = {1, -2, 3, 1, 0.5, 1, 4};

  private final ClosedFormPath path =
      new ClosedFormPath(
          DIFFERENCE,
          0,
          1,
          a -> new double[] {1 - a, a * a * a, 2, a, a * a - 0.3, 1 + a - a * a * a, 5 * a});
  private final AttributionNorms objective = Integrands.norms(path, 2, true, false, true);
  private final double[] alphas = Quadrature.MIDPOINT.rule(POINTS, 1).alphas();
  private final MeasureProblem problem =
      new MeasureProblem(objective, DIFFERENCE, alphas, path.at(alphas));
  private final double[] v = new Random(5).doubles(POINTS, 0.5, 2).toArray();

  private double norm(double[] weights) {
    return objective.l21(path.attribution(path.integrate(new Quadrature.Rule(alphas, weights))));
  }

  @Test
  void theValueIsTheNormOfTheCodes() {
    double[] slope = new double[POINTS];
    assertThat(problem.value(v, 0, slope)).isCloseTo(norm(v), within(1e-12));
    for (int k = 0; k < POINTS; k++) {
      double[] more = v.clone();
      double[] less = v.clone();
      more[k] += 1e-4;
      less[k] -= 1e-4;
      assertThat(slope[k]).isCloseTo((norm(more) - norm(less)) / 2e-4, within(1e-7));
    }
  }

  @Test
  void theSumIsThatOfTheWeightsAskedFor() {
    problem.value(v, 0, new double[POINTS]);
    assertThat(problem.combine(v))
        .containsExactly(path.integrate(new Quadrature.Rule(alphas, v)), within(1e-12));
    double[] others = new Random(6).doubles(POINTS).toArray();
    assertThat(problem.combine(others))
        .containsExactly(path.integrate(new Quadrature.Rule(alphas, others)), within(1e-12));
  }

  @Test
  void modelsStandOnMorePointsFromLevelToLevel() {
    // every fifth, every other, and every point; the last one always
    assertThat(problem.model(0).columns()).isEqualTo(10 + 1);
    assertThat(problem.model(1).columns()).isEqualTo(25 + 1);
    assertThat(problem.model(2).columns()).isEqualTo(50);
    assertThat(problem.model(3)).isNull();
  }

  @Test
  void everyModelOfCubicsIsExact() {
    for (int level = 0; level < 3; level++) {
      GroupNorms model = problem.model(level);
      double[] c = model.project(v);
      double[][] images = new double[model.groups()][model.columns()];
      model.images(1, c, images);
      double value = 0;
      for (double[] image : images) {
        value += Math.sqrt(MeasureSolver.dot(c, image));
      }
      assertThat(value).as("level %d", level).isCloseTo(norm(v), within(1e-11));
    }
  }
}
