package dev.gsig.train;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How well scores tell two classes apart.
 *
 * @param auroc area under the ROC curve
 * @param auprc average precision
 * @param brier mean squared error of the probabilities
 */
public record Metrics(double auroc, double auprc, double brier) implements Quality {
  /** The AUROC. */
  @Override
  public double figure() {
    return auroc;
  }

  @Override
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("auroc", auroc);
    json.put("auprc", auprc);
    json.put("brier", brier);
    return json;
  }

  /**
   * Metrics of predicted probabilities. With more than two classes the first two are the means of
   * those of each class that occurs against the rest, and Brier's score sums over the classes.
   *
   * @param labels the true classes; at least two must occur
   * @param probabilities of each class for each patient; one column is that of class 1
   */
  public static Metrics of(int[] labels, double[][] probabilities) {
    if (probabilities[0].length <= 2) {
      double[] p = column(probabilities, probabilities[0].length - 1);
      boolean[] positive = are(labels, 1);
      return new Metrics(auroc(positive, p), auprc(positive, p), brier(positive, p));
    }
    double auroc = 0;
    double auprc = 0;
    double brier = 0;
    int occurring = 0;
    for (int k = 0; k < probabilities[0].length; k++) {
      double[] p = column(probabilities, k);
      boolean[] positive = are(labels, k);
      brier += brier(positive, p);
      if (count(positive) > 0) {
        auroc += auroc(positive, p);
        auprc += auprc(positive, p);
        occurring++;
      }
    }
    return new Metrics(auroc / occurring, auprc / occurring, brier);
  }

  /**
   * Metrics of a multi-label model: the means of those of each label. A label that all patients
   * have, or none, tells nothing apart and is left out of the first two.
   *
   * @param truth 1 or 0 for each label of each patient
   * @param probabilities of each label for each patient
   */
  public static Metrics macro(List<int[]> truth, double[][] probabilities) {
    double auroc = 0;
    double auprc = 0;
    double brier = 0;
    int labels = probabilities[0].length;
    int told = 0;
    for (int k = 0; k < labels; k++) {
      Metrics m = ofLabel(truth, probabilities, k);
      brier += m.brier / labels;
      if (!Double.isNaN(m.auroc)) {
        auroc += m.auroc;
        auprc += m.auprc;
        told++;
      }
    }
    return new Metrics(auroc / told, auprc / told, brier);
  }

  /**
   * Metrics of one label of a multi-label model; the first is NaN if all patients have it, or none.
   *
   * @param truth 1 or 0 for each label of each patient
   * @param probabilities of each label for each patient
   */
  public static Metrics ofLabel(List<int[]> truth, double[][] probabilities, int label) {
    boolean[] positive = positive(truth, label);
    double[] p = column(probabilities, label);
    return new Metrics(auroc(positive, p), auprc(positive, p), brier(positive, p));
  }

  static boolean[] positive(List<int[]> truth, int label) {
    boolean[] positive = new boolean[truth.size()];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = truth.get(i)[label] == 1;
    }
    return positive;
  }

  static double[] column(double[][] probabilities, int column) {
    return Arrays.stream(probabilities).mapToDouble(row -> row[column]).toArray();
  }

  private static boolean[] are(int[] labels, int label) {
    boolean[] positive = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      positive[i] = labels[i] == label;
    }
    return positive;
  }

  private static int count(boolean[] positive) {
    return (int) IntStream.range(0, positive.length).filter(i -> positive[i]).count();
  }

  /**
   * The share of pairs of a positive and a negative in which the positive scores higher, a tie
   * counting half (Hanley and McNeil 1982). NaN without both.
   */
  public static double auroc(boolean[] positive, double[] scores) {
    int[] order = descending(scores);
    double concordant = 0;
    long positives = 0;
    long negatives = 0;
    for (int from = 0; from < order.length; ) {
      int to = endOfTie(order, scores, from);
      int found = positivesIn(positive, order, from, to);
      int others = to - from - found;
      concordant += others * (positives + found / 2.0);
      positives += found;
      negatives += others;
      from = to;
    }
    return concordant / ((double) positives * negatives);
  }

  /**
   * Average precision: the precision at each score, weighted with the recall gained there; tied
   * scores count as one. NaN without a positive.
   */
  public static double auprc(boolean[] positive, double[] scores) {
    int[] order = descending(scores);
    double sum = 0;
    int found = 0;
    for (int from = 0; from < order.length; ) {
      int to = endOfTie(order, scores, from);
      int gained = positivesIn(positive, order, from, to);
      found += gained;
      sum += (double) gained * found / to;
      from = to;
    }
    return sum / found;
  }

  /** The mean of {@code (p - y)^2} (Brier 1950). */
  public static double brier(boolean[] positive, double[] probabilities) {
    double sum = 0;
    for (int i = 0; i < positive.length; i++) {
      double error = probabilities[i] - (positive[i] ? 1 : 0);
      sum += error * error;
    }
    return sum / positive.length;
  }

  private static int[] descending(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int endOfTie(int[] order, double[] scores, int from) {
    int to = from + 1;
    while (to < order.length && scores[order[to]] == scores[order[from]]) {
      to++;
    }
    return to;
  }

  private static int positivesIn(boolean[] positive, int[] order, int from, int to) {
    int found = 0;
    for (int i = from; i < to; i++) {
      found += positive[order[i]] ? 1 : 0;
    }
    return found;
  }
}
