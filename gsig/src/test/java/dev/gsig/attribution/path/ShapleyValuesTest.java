package dev.gsig.attribution.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** See {@link ComparatorParityTest} for exact values of models by a second implementation. */
class ShapleyValuesTest {
  /** Players that are there (1) or not (0), and what they are worth together. */
  private static ClosedFormModel game(int players, ToDoubleFunction<double[]> worth) {
    double[] all = new double[players];
    Arrays.fill(all, 1);
    return new ClosedFormModel(new double[players], all, worth, x -> new double[players]);
  }

  private static PathResult run(ClosedFormModel game, int permutations, long seed) {
    PathOptions options = PathSettings.sampling(PathMethods.SHAPLEY, permutations, seed);
    return PathMethods.SHAPLEY.attribute(game, game.norms(), options);
  }

  private static List<int[]> permutations(int n) {
    List<int[]> all = new ArrayList<>();
    permute(new int[n], 0, all);
    return all;
  }

  private static void permute(int[] order, int at, List<int[]> all) {
    if (at == order.length) {
      all.add(order.clone());
      return;
    }
    for (int i = 0; i < order.length; i++) {
      int next = i;
      if (Arrays.stream(order, 0, at).noneMatch(o -> o == next)) {
        order[at] = i;
        permute(order, at + 1, all);
      }
    }
  }

  /** Over all permutations of the players: what the sampling estimates. */
  private static double[] exact(ClosedFormModel model) {
    ShapleyValues.Game game = new ShapleyValues.Game(model, model.norms().groups());
    ShapleyValues.Estimate estimate = new ShapleyValues.Estimate(game.players());
    permutations(game.players()).forEach(order -> estimate.add(order, game.scores(order)));
    return estimate.means();
  }

  /** By coalitions: sum over S without i of |S|! (n - |S| - 1)! / n! (v(S and i) - v(S)). */
  private static double[] byCoalitions(int n, ClosedFormModel game) {
    double[] values = new double[n];
    for (int s = 0; s < (1 << n); s++) {
      double[] without = new double[n];
      for (int i = 0; i < n; i++) {
        without[i] = (s >> i) & 1;
      }
      double weight = 1.0 / n;
      for (int k = 1; k <= Integer.bitCount(s); k++) {
        weight *= (double) k / (n - k);
      }
      for (int i = 0; i < n; i++) {
        if (without[i] == 0) {
          double[] with = without.clone();
          with[i] = 1;
          double[] scores = game.scores(new double[][] {without, with});
          values[i] += weight * (scores[1] - scores[0]);
        }
      }
    }
    return values;
  }

  /** One left glove, two right ones, a pair is worth 1: 4/6, 1/6, 1/6. */
  private static ClosedFormModel gloves() {
    return game(3, x -> Math.min(x[0], x[1] + x[2]));
  }

  @Test
  void allPermutationsOfAKnownGame() {
    assertThat(exact(gloves()))
        .containsExactly(new double[] {4 / 6.0, 1 / 6.0, 1 / 6.0}, within(1e-15));
  }

  @Test
  void allPermutationsAreAllCoalitions() {
    for (long seed = 1; seed <= 3; seed++) {
      ClosedFormModel model = ClosedFormModel.random(seed, 6, 2);
      assertThat(exact(model)).containsExactly(byCoalitions(6, model), within(1e-12));
    }
  }

  /** Players 0 and 1 are worth the same to everybody, 4 nothing to anybody. */
  @Test
  void symmetryDummyAndEfficiency() {
    ClosedFormModel model =
        game(5, x -> Math.tanh(x[0] + x[1]) * (1 + x[2]) + x[3] * (x[0] + x[1]) - x[3]);
    double[] values = exact(model);
    assertThat(values[0]).isCloseTo(values[1], within(1e-15));
    assertThat(values[4]).isZero();
    assertThat(Arrays.stream(values).sum())
        .isCloseTo(model.endScore() - model.startScore(), within(1e-14));
  }

  /** However few permutations there are. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 64})
  void eachSampleIsCompleteAndADummyGetsNothing(int permutations) {
    ClosedFormModel model = ClosedFormModel.random(4, 9, 7);
    PathResult result = run(model, permutations, 5);
    assertThat(result.completenessGap()).isLessThan(1e-13);
    assertThat(result.attribution()[7]).isZero();
    assertThat(result.standardErrors()[7]).isZero();
    assertThat(model.asked()).as("gradients").isEmpty();
  }

  /**
   * Of 9 values under 40 seeds about two thirds lie within one standard error of the exact one and
   * all but a few within two; and the error is that of a mean of so many.
   */
  @Test
  void theStandardErrorIsWhatItSays() {
    ClosedFormModel model = ClosedFormModel.random(11, 9, 0);
    double[] exact = byCoalitions(9, model);
    int within1 = 0;
    int within2 = 0;
    double errorOf50 = 0;
    double errorOf200 = 0;
    for (int seed = 0; seed < 40; seed++) {
      PathResult result = run(model, 50, seed);
      for (int i = 1; i < 9; i++) {
        double off = Math.abs(result.attribution()[i] - exact[i]) / result.standardErrors()[i];
        within1 += off < 1 ? 1 : 0;
        within2 += off < 2 ? 1 : 0;
      }
      errorOf50 += result.standardErrors()[1];
      errorOf200 += run(model, 200, seed).standardErrors()[1];
    }
    assertThat(within1 / 320.0).isBetween(0.6, 0.76);
    assertThat(within2 / 320.0).isBetween(0.9, 0.99);
    assertThat(errorOf50 / errorOf200).isBetween(1.9, 2.1);
  }

  /** By hand: contributions of player 1 of the gloves are 0 or 1, m of n times 1. */
  @Test
  void theStandardErrorByHand() {
    ShapleyValues.Game game = new ShapleyValues.Game(gloves(), gloves().norms().groups());
    ShapleyValues.Estimate estimate = new ShapleyValues.Estimate(3);
    for (int[] order : new int[][] {{0, 1, 2}, {0, 2, 1}, {2, 0, 1}, {1, 2, 0}}) {
      estimate.add(order, game.scores(order));
    }
    // of 1, 0, 0, 0: mean 1/4, squares 12/16, over 4 * 3
    assertThat(estimate.means()[1]).isEqualTo(0.25);
    assertThat(estimate.standardErrors()[1]).isCloseTo(0.25, within(1e-15));
  }

  /** Of the first permutation under 6,000 seeds, each of the six orders comes about as often. */
  @Test
  void everyOrderIsDrawn() {
    Map<String, Integer> orders = new HashMap<>();
    for (int seed = 0; seed < 6000; seed++) {
      StringBuilder order = new StringBuilder();
      ClosedFormModel game =
          game(
              3,
              x -> {
                order.append(x[0] + 2 * x[1] + 4 * x[2]).append(' ');
                return 0;
              });
      run(game, 2, seed);
      // nobody, the first player, the first two
      orders.merge(order.substring(4, 11), 1, Integer::sum);
    }
    assertThat(orders).hasSize(6);
    assertThat(orders.values()).allMatch(n -> n > 900 && n < 1100);
  }

  @Test
  void theSeedDecides() {
    ClosedFormModel model = ClosedFormModel.random(2, 6, 0);
    assertThat(run(model, 20, 1).attribution()).isEqualTo(run(model, 20, 1).attribution());
    assertThat(run(model, 20, 1).attribution()).isNotEqualTo(run(model, 20, 2).attribution());
  }

  /** Entries 0 and 1 are a code, 2 and 4 the special tokens, 3 and 5 two tabular values. */
  @Test
  void groupsOfOnePlayerAreRemovedTogether() {
    ClosedFormModel model =
        new ClosedFormModel(
            new double[6],
            new double[] {0, 2, 3, 5, 7, 0},
            x -> x[0] * 100 + x[1] + x[2] * x[4] + x[3] + x[5] * 100,
            x -> new double[6]);
    AttributionNorms norms =
        new AttributionNorms(
            model,
            new int[] {0, 2, 3, 4, 5, 6},
            new boolean[] {true, false, false, false, false},
            new int[] {0, -1, 10, -1, 11},
            PathOptions.DEFAULT);
    PathResult result =
        PathMethods.SHAPLEY.attribute(
            model, norms, PathSettings.sampling(PathMethods.SHAPLEY, 2, 1));
    // entry 0 does not move, so that the code's value stands at entry 1; the special ones' at 2
    assertThat(result.attribution()).containsExactly(0, 2, 21, 5, 0, 0);
    assertThat(result.standardErrors()).containsOnly(0);
    assertThat(result.l21()).isEqualTo(2);
  }

  @Test
  void whereNobodyOrOnePlays() {
    ClosedFormModel nobody =
        new ClosedFormModel(new double[] {1}, new double[] {1}, x -> x[0], x -> x);
    assertThat(run(nobody, 2, 1).attribution()).containsExactly(0);
    ClosedFormModel one =
        new ClosedFormModel(new double[] {1}, new double[] {4}, x -> x[0] * x[0], x -> x);
    assertThat(run(one, 2, 1).attribution()).containsExactly(15);
  }

  @Test
  void permutationsOutOfRange() {
    for (int permutations : new int[] {-1, 0, 1, 1_000_001}) {
      assertThatThrownBy(() -> new PathOptions.Sampling(permutations, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("permutations must be 2 to 1000000, but is %s", permutations);
    }
  }
}
