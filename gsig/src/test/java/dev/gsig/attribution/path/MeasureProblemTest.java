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

  /** Points whose gradients are made of five, against the same gradients written out. */
  @Test
  void ofFewerGradientsItIsTheSame() {
    Random random = new Random(7);
    double[][] nodes = path.at(new double[] {0, 0.2, 0.5, 0.7, 1});
    double[][] shares = new double[POINTS][];
    double[][] gradients = new double[POINTS][DIFFERENCE.length];
    for (int k = 0; k < POINTS; k++) {
      shares[k] = random.doubles(nodes.length, -1, 1).toArray();
      for (int i = 0; i < nodes.length; i++) {
        for (int e = 0; e < DIFFERENCE.length; e++) {
          gradients[k][e] += shares[k][i] * nodes[i][e];
        }
      }
    }
    MeasureProblem few = new MeasureProblem(objective, DIFFERENCE, alphas, nodes, shares);
    MeasureProblem all = new MeasureProblem(objective, DIFFERENCE, alphas, gradients);
    double[] slope = new double[POINTS];
    double[] sameSlope = new double[POINTS];
    double value = few.value(v, 0.3, slope);
    assertThat(value).isCloseTo(all.value(v, 0.3, sameSlope), within(1e-10));
    assertThat(slope).containsExactly(sameSlope, within(1e-10));
    double[] sums = new double[POINTS];
    double[] sameSums = new double[POINTS];
    assertThat(few.combine(v, sums)).containsExactly(all.combine(v, sameSums), within(1e-10));
    assertThat(sums).containsExactly(sameSums, within(1e-10));
    assertThat(few.combine(v)).containsExactly(all.combine(v), within(1e-10));

    GroupNorms model = few.model(0);
    assertThat(few.model(1)).isNull();
    double[] c = model.project(v);
    double[][] images = new double[model.groups()][model.columns()];
    model.images(1, c, images);
    double norms = 0;
    for (double[] image : images) {
      norms += Math.sqrt(MeasureSolver.dot(c, image));
    }
    assertThat(norms).isCloseTo(value, within(1e-9));
  }
}
