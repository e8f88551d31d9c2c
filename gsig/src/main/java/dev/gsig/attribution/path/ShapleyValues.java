package dev.gsig.attribution.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Sampled Shapley values (Shapley 1953; by permutations as Castro, Gomez and Tejada, Computers and
 * Operations Research 36, 2009, estimate them): a yardstick that asks a model for nothing but
 * scores. A player that is removed stands at the baseline, {@code v(S) = f} with the players of S
 * at the input. With m permutations pi, drawn independently of each other,
 *
 * <pre>
 *   phi_i = 1/m sum over pi of d_i(pi),   d_i(pi) = v(before i in pi, and i) - v(before i in pi)
 *   standard error of phi_i = sqrt(sum over pi of (d_i(pi) - phi_i)^2 / (m (m - 1)))
 * </pre>
 *
 * Each permutation adds up to {@code f(x) - f(x')}, and so do the values. Who plays, {@link
 * FeatureGroups#players} says: each code, each tabular value, and all special tokens together; who
 * is the same at both ends does not. A player's value stands at its first entry, so that of a
 * code's row both l2 and the sum are the value's.
 */
record ShapleyValues() implements PathMethod {
  /** Coefficients that are held at the same time, at most, but for one point's. */
  private static final int MOST_AT_ONCE = 1 << 22;

  @Override
  public String label() {
    return "shapley";
  }

  @Override
  public String title() {
    return "Shapley values";
  }

  @Override
  public String description() {
    return "of codes, by sampled permutations, with standard errors";
  }

  @Override
  public Set<MethodOption> uses() {
    return Set.of(
        MethodOption.BASELINE,
        MethodOption.TABULAR_BASELINE,
        MethodOption.BASELINE_FILE,
        MethodOption.PERMUTATIONS,
        MethodOption.SEED);
  }

  @Override
  public PathResult attribute(PathGradient path, AttributionNorms norms, PathOptions options) {
    Game game = new Game(path, norms.groups());
    Estimate estimate = new Estimate(game.players());
    Random random = new Random(options.sampling().seed());
    int[] order = new int[game.players()];
    Arrays.setAll(order, i -> i);
    for (int p = 0; p < options.sampling().permutations(); p++) {
      shuffle(order, random);
      estimate.add(order, game.scores(order));
    }
    return norms
        .result(game.atFirstEntries(estimate.means()))
        .withStandardErrors(game.atFirstEntries(estimate.standardErrors()));
  }

  private static void shuffle(int[] order, Random random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }

  /** The scores of coalitions. */
  static final class Game {
    private final PathGradient path;

    /** Entries of each player that are not the same at both ends, ascending. */
    private final List<int[]> players;

    Game(PathGradient path, FeatureGroups groups) {
      this.path = path;
      Map<Integer, List<Integer>> entries = new LinkedHashMap<>();
      for (int group = 0; group < groups.count(); group++) {
        for (int i = groups.from(group); i < groups.to(group); i++) {
          if (path.difference()[i] != 0) {
            entries.computeIfAbsent(groups.players()[group], p -> new ArrayList<>()).add(i);
          }
        }
      }
      players =
          entries.values().stream()
              .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
              .toList();
    }

    int players() {
      return players.size();
    }

    /** The scores of nobody, of the first player, of the first two, and so on to all. */
    double[] scores(int[] order) {
      double[] scores = new double[order.length + 1];
      scores[0] = path.startScore();
      int atOnce = Math.max(1, MOST_AT_ONCE / path.size());
      double[] present = new double[path.size()];
      for (int from = 1; from < order.length; from += atOnce) {
        double[][] some = new double[Math.min(atOnce, order.length - from)][];
        for (int k = 0; k < some.length; k++) {
          enter(order[from + k - 1], present);
          some[k] = present.clone();
        }
        System.arraycopy(path.scores(some), 0, scores, from, some.length);
      }
      scores[order.length] = path.endScore();
      return scores;
    }

    /** Puts a player's entries at the input. */
    void enter(int player, double[] coefficients) {
      for (int i : players.get(player)) {
        coefficients[i] = 1;
      }
    }

    /** Values of the players, each at its first entry of all inputs. */
    double[] atFirstEntries(double[] values) {
      double[] all = new double[path.size()];
      for (int p = 0; p < values.length; p++) {
        all[players.get(p)[0]] = values[p];
      }
      return all;
    }
  }

  /** Mean and spread of each player's contributions over permutations. */
  static final class Estimate {
    private final double[] mean;
    private final double[] squares;
    private int count;

    Estimate(int players) {
      mean = new double[players];
      squares = new double[players];
    }

    /**
     * Adds a permutation (Welford's update).
     *
     * @param order the players
     * @param scores of nobody, the first, the first two, and so on to all
     */
    void add(int[] order, double[] scores) {
      count++;
      for (int k = 0; k < order.length; k++) {
        int i = order[k];
        double deviation = scores[k + 1] - scores[k] - mean[i];
        mean[i] += deviation / count;
        squares[i] += deviation * (scores[k + 1] - scores[k] - mean[i]);
      }
    }

    double[] means() {
      return mean.clone();
    }

    double[] standardErrors() {
      return Arrays.stream(squares)
          .map(s -> Math.sqrt(s / ((double) count * (count - 1))))
          .toArray();
    }
  }
}
