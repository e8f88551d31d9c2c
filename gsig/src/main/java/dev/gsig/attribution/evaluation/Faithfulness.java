package dev.gsig.attribution.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * How well a ranking of codes tells what a prediction rests on (ERASER: DeYoung et al., ACL 2020).
 * With p the probability of the predicted class, for a multi-label model that of the explained
 * label, and, of a patient's n codes, the {@code ceil(k% n)} that rank highest, at least one:
 *
 * <pre>
 *   comprehensiveness = mean over k of p(all codes) - p(without the top k%)
 *   sufficiency       = mean over k of p(all codes) - p(only the top k%)
 * </pre>
 *
 * A faithful ranking has a high comprehensiveness and a low sufficiency. Special tokens and tabular
 * values are never removed.
 *
 * @param comprehensiveness in probabilities, -1 to 1
 * @param sufficiency in probabilities, -1 to 1
 */
public record Faithfulness(double comprehensiveness, double sufficiency) {
  private static final double[] PERCENTS = {1, 5, 10, 20, 50};

  /** The shares that ERASER removes, in percent: 1, 5, 10, 20 and 50. */
  public static double[] defaultPercents() {
    return PERCENTS.clone();
  }

  /**
   * How many of n codes a share is: {@code ceil(percent / 100 * n)}, at least one.
   *
   * @param percent above 0, at most 100
   */
  public static int count(double percent, int codes) {
    // A product such as 7 * 100 / 100 must not be rounded up past a whole number.
    return Math.max(1, (int) Math.ceil(percent * codes / 100 - 1e-9));
  }

  /** Whether a share is less than one code, so that the one that is removed is more. */
  public static boolean isBelowOne(double percent, int codes) {
    return percent * codes / 100 < 1 - 1e-9;
  }

  /**
   * Both measures of one patient.
   *
   * @param removal what the model says when codes are removed
   * @param order positions of all codes, the highest ranked first
   * @param percents shares k
   */
  static Faithfulness of(Removal removal, int[] order, double[] percents) {
    List<BitSet> without = new ArrayList<>();
    List<BitSet> only = new ArrayList<>();
    for (double percent : percents) {
      int top = count(percent, order.length);
      without.add(set(order, 0, top));
      only.add(set(order, top, order.length));
    }
    List<BitSet> all = new ArrayList<>(without);
    all.addAll(only);
    removal.compute(all);
    double p = removal.probability(new BitSet());
    return new Faithfulness(p - mean(removal, without), p - mean(removal, only));
  }

  private static BitSet set(int[] order, int from, int to) {
    BitSet removed = new BitSet();
    Arrays.stream(order, from, to).forEach(removed::set);
    return removed;
  }

  private static double mean(Removal removal, List<BitSet> sets) {
    double sum = 0;
    for (BitSet removed : sets) {
      sum += removal.probability(removed);
    }
    return sum / sets.size();
  }
}
