package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** See {@link ComparatorParityTest} for the same against a second implementation. */
class WordPathTest {
  private static final Offset<Double> TINY = within(1e-14);

  private static CodeTable table(double... rows) {
    return new CodeTable(rows, 2);
  }

  private static double[][] path(CodeTable table, int own, int anchors, int near, double... start) {
    double[] difference = new double[start.length];
    Arrays.setAll(difference, i -> table.get(own, i) - start[i]);
    return new WordPath(table, own, difference, 0, anchors, near).coefficients();
  }

  @Test
  void theNearestFirstAndOfEqualOnesTheFirst() {
    CodeTable table = table(0, 0, 3, 0, 0, 1, 1, 0, 0, 2);
    assertThat(table.nearest(0, 9)).containsExactly(2, 3, 4, 1);
    assertThat(table.nearest(1, 2)).containsExactly(3, 0);
  }

  /**
   * From the origin to (4, 4). (3, 2) lies between and costs nothing, (5, 3) has to be changed; so
   * has (1, 5), but from (3, 2) only the second number of it, to 2 - 2/2 = 1.
   */
  @Test
  void byHand() {
    CodeTable table = table(4, 4, 5, 3, 3, 2, 1, 5);
    double[][] c = path(table, 0, 2, 10, 0, 0);
    assertThat(c).hasDimensions(4, 2);
    assertThat(c[3]).containsExactly(1, 1);
    assertThat(c[2]).containsExactly(new double[] {0.75, 0.5}, TINY);
    // (5, 3) would change by 5 - 1.5 and 3 - 1, (1, 5) by 5 - 1 alone
    assertThat(c[1]).containsExactly(new double[] {0.25, 0.25}, TINY);
    assertThat(c[0]).containsExactly(0, 0);
  }

  /** Where none is left, or only the baseline's own row, it goes to the baseline and stays. */
  @Test
  void theBaselineIsNoAnchorUntilNothingElseIsLeft() {
    CodeTable table = table(4, 4, 0, 0, 3, 3);
    double[][] c = path(table, 0, 3, 10, 0, 0);
    assertThat(c[3]).containsExactly(new double[] {0.75, 0.75}, TINY);
    assertThat(c[2]).containsExactly(0, 0);
    assertThat(c[1]).containsExactly(0, 0);
  }

  /** Although it costs nothing, and (5, 5) has to be changed, to 4 - (4 - 2) / 2. */
  @Test
  void theBaselinesOwnRowIsPassedOver() {
    double[][] c = path(table(4, 4, 2, 2, 5, 5), 0, 2, 10, 2, 2);
    assertThat(c[2]).containsExactly(new double[] {0.5, 0.5}, TINY);
    assertThat(c[1]).containsExactly(0, 0);
  }

  /** (3, 3) is not among the two nearest to (4, 4), and these are changed to a sixth of the way. */
  @Test
  void onlyNearCodesAreLookedAt() {
    CodeTable table = table(4, 4, 4.5, 4.5, 4.25, 4.75, 3, 3);
    assertThat(path(table, 0, 6, 10, 1, 1)[6])
        .containsExactly(new double[] {2 / 3.0, 2 / 3.0}, TINY);
    assertThat(path(table, 0, 6, 2, 1, 1)[6])
        .containsExactly(new double[] {5 / 6.0, 5 / 6.0}, TINY);
  }

  @Test
  void nothingMovesFromTheBaselinesOwnRow() {
    double[][] c = path(table(1, 2, 3, 4), 0, 1, 10, 1, 2);
    assertThat(c[0]).containsOnly(0);
    assertThat(c[1]).containsOnly(1);
    assertThat(c[2]).containsOnly(1);
  }

  @Test
  void isMonotoneFromBaselineToCode() {
    Random random = new Random(5);
    CodeTable table = new CodeTable(random.doubles(40 * 6, -1, 1).toArray(), 6);
    for (int own = 0; own < 10; own++) {
      double[][] c = path(table, own, 12, 20, random.doubles(6, -1, 1).toArray());
      assertThat(c[0]).containsOnly(0);
      assertThat(c[13]).containsOnly(1);
      for (int k = 1; k < c.length; k++) {
        for (int i = 0; i < 6; i++) {
          assertThat(c[k][i]).isBetween(c[k - 1][i] - 1e-14, 1.0);
        }
      }
    }
  }

  /** Two codes of width 2, a special row and a tabular value: f = (sum of all)^2. */
  private static ClosedFormModel squareOfSum(CodeTable table) {
    return new ClosedFormModel(
            new double[] {0, 0, 0, 0, 0, 0, 0},
            new double[] {0.5, 0.5, 4, 4, 3, 2, 1},
            x -> {
              double sum = Arrays.stream(x).sum();
              return sum * sum;
            },
            x -> {
              double[] g = new double[7];
              Arrays.fill(g, 2 * Arrays.stream(x).sum());
              return g;
            })
        .with(new CodeTable.Positions(table, new int[] {4, 0, 2}, 0));
  }

  private static PathResult run(ClosedFormModel model, int steps) {
    boolean[] counted = {false, true, true, false};
    AttributionNorms norms =
        new AttributionNorms(model, new int[] {0, 2, 4, 6, 7}, counted, PathOptions.DEFAULT);
    return PathMethods.DIG.attribute(model, norms, PathSettings.steps(PathMethods.DIG, steps));
  }

  /** Up to 31 steps the path has as many segments, and as many gradients are asked for. */
  @Test
  void specialRowsAndTabularValuesGoStraight() {
    ClosedFormModel model = squareOfSum(table(4, 4, 5, 3, 3, 2, 1, 5, 0.5, 0.5));
    run(model, 4);
    List<double[]> points = model.asked();
    assertThat(points).hasSize(4);
    for (int k = 0; k < 4; k++) {
      assertThat(points.get(k)[0]).isEqualTo(k / 4.0);
      assertThat(points.get(k)[6]).isEqualTo(k / 4.0);
    }
    assertThat(points.get(3)[2]).isEqualTo(0.75);
  }

  /** More steps divide the segments, so that the sum tends to the integral along the path. */
  @Test
  void isCompleteToTheDiscretisation() {
    ClosedFormModel model = squareOfSum(table(4, 4, 5, 3, 3, 2, 1, 5, 0.5, 0.5));
    double last = Double.POSITIVE_INFINITY;
    for (int parts : new int[] {1, 2, 4, 8, 64}) {
      PathResult result = run(model, 31 * parts);
      assertThat(result.completenessGap()).isLessThan(0.55 * last);
      last = result.completenessGap();
    }
    assertThat(last).isLessThan(0.01 * 225);
    assertThat(model.asked()).hasSize(31 * (1 + 2 + 4 + 8 + 64));
  }

  @Test
  void ofALinearFunctionItIsIntegratedGradients() {
    ClosedFormModel model =
        new ClosedFormModel(
                new double[] {0, 1},
                new double[] {4, 4},
                x -> 3 * x[0] - x[1],
                x -> new double[] {3, -1})
            .with(new CodeTable.Positions(table(4, 4, 5, 3, 3, 2, 1, 5), new int[] {0}, 0));
    PathOptions options = PathSettings.steps(PathMethods.DIG, 3);
    PathResult result = PathMethods.DIG.attribute(model, Integrands.norms(model, 2, true), options);
    assertThat(result.attribution()).containsExactly(new double[] {12, -3}, within(1e-13));
  }
}
