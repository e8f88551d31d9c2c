package dev.gsig.attribution.internal.math;

import dev.gsig.ehr.Labels;
import java.util.BitSet;

/**
 * The explained score f as a function of the logits, with its gradient. One label is a binary logit
 * z of class 1: the logit of class 0 is -z and its probability sigmoid(-z). Several labels are
 * softmax classes, or have a sigmoid each.
 *
 * @param isProbability whether f is the probability, else the logit
 * @param explainedClass the class
 * @param labels number of logits
 * @param multiLabel whether each of several labels has a sigmoid of its own
 * @param tokens that may come next, A, whose score it is; null for that of a class
 * @param against the tokens B; empty for every token, null for none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ScoreFunction(
    boolean isProbability,
    int explainedClass,
    int labels,
    boolean multiLabel,
    int[] tokens,
    int[] against) {

  /** The score of a class. */
  public ScoreFunction(boolean isProbability, int explainedClass, int labels, boolean multiLabel) {
    this(isProbability, explainedClass, labels, multiLabel, null, null);
  }

  /**
   * The score of tokens A that may come next, {@code log sum over A of exp(z) - log sum over B of
   * exp(z)}.
   *
   * @param tokens A
   * @param against B; empty for every token, null for no such term
   * @param labels number of tokens
   */
  public static ScoreFunction ofTokens(int[] tokens, int[] against, int labels) {
    return new ScoreFunction(false, tokens[0], labels, false, tokens, against);
  }

  /**
   * The score of a patient's class.
   *
   * @param isProbability whether f is the probability, else the logit
   * @param wanted the class; null for class 1 of one label, else the predicted class
   * @param predicted the class that the model predicts for the patient
   */
  public static ScoreFunction of(
      boolean isProbability, Integer wanted, Labels labels, int predicted) {
    int byDefault = labels.count() == 1 ? 1 : predicted;
    int c = wanted == null ? byDefault : wanted;
    return new ScoreFunction(isProbability, c, labels.count(), labels.multiLabel());
  }

  /** {@code 1 / (1 + exp(-z))}. */
  public static double sigmoid(double z) {
    return 1 / (1 + StrictMath.exp(-z));
  }

  /** {@code exp(z_c) / sum over k of exp(z_k)}, without overflow. */
  public static double[] softmax(double[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (double z : logits) {
      max = Math.max(max, z);
    }
    double[] p = new double[logits.length];
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] = StrictMath.exp(logits[c] - max);
      sum += p[c];
    }
    for (int c = 0; c < p.length; c++) {
      p[c] /= sum;
    }
    return p;
  }

  /** {@code log sum over some k of exp(z_k)}, without overflow; of all logits if none is named. */
  private static double logSum(double[] logits, int[] some) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < count(logits, some); k++) {
      max = Math.max(max, logits[at(some, k)]);
    }
    double sum = 0;
    for (int k = 0; k < count(logits, some); k++) {
      sum += StrictMath.exp(logits[at(some, k)] - max);
    }
    return max + StrictMath.log(sum);
  }

  private static int count(double[] logits, int[] some) {
    return some.length == 0 ? logits.length : some.length;
  }

  private static int at(int[] some, int k) {
    return some.length == 0 ? k : some[k];
  }

  /** Adds the gradient of {@link #logSum} times a sign. */
  private static void addLogSumGradient(double[] logits, int[] some, int sign, double[] g) {
    double logSum = logSum(logits, some);
    for (int k = 0; k < count(logits, some); k++) {
      g[at(some, k)] += sign * StrictMath.exp(logits[at(some, k)] - logSum);
    }
  }

  /** f. */
  public double score(double[] logits) {
    if (tokens != null) {
      return logSum(logits, tokens) - (against == null ? 0 : logSum(logits, against));
    }
    return isProbability ? probability(logits) : logit(logits);
  }

  /** The probability of the explained class, or of A, whether or not that is f. */
  public double probability(double[] logits) {
    if (tokens != null) {
      return StrictMath.exp(logSum(logits, tokens) - logSum(logits, new int[0]));
    }
    return labels == 1 || multiLabel ? sigmoid(logit(logits)) : softmax(logits)[explainedClass];
  }

  /**
   * {@code log(p / (1 - p))} of {@link #probability}, without its loss of digits near 0 and 1:
   *
   * <pre>
   *   log sum over A of exp(z) - log sum over all others of exp(z)
   * </pre>
   *
   * with A the explained class alone, or the tokens. Infinite if there are no others.
   */
  public double logOdds(double[] logits) {
    if (tokens == null && (labels == 1 || multiLabel)) {
      return logit(logits);
    }
    int[] of = tokens == null ? new int[] {explainedClass} : tokens;
    BitSet others = new BitSet();
    others.set(0, labels);
    for (int k : of) {
      others.clear(k);
    }
    return others.isEmpty()
        ? Double.POSITIVE_INFINITY
        : logSum(logits, of) - logSum(logits, others.stream().toArray());
  }

  private double logit(double[] logits) {
    return labels > 1 ? logits[explainedClass] : explainedClass == 1 ? logits[0] : -logits[0];
  }

  /** df / dlogits. */
  public double[] gradient(double[] logits) {
    double[] g = new double[labels];
    if (tokens != null) {
      addLogSumGradient(logits, tokens, 1, g);
      if (against != null) {
        addLogSumGradient(logits, against, -1, g);
      }
    } else if (labels == 1) {
      double sign = explainedClass == 1 ? 1 : -1;
      double p = score(logits);
      g[0] = isProbability ? sign * p * (1 - p) : sign;
    } else if (!isProbability) {
      g[explainedClass] = 1;
    } else if (multiLabel) {
      double p = score(logits);
      g[explainedClass] = p * (1 - p);
    } else {
      double[] p = softmax(logits);
      for (int c = 0; c < labels; c++) {
        g[c] = p[explainedClass] * ((c == explainedClass ? 1 : 0) - p[c]);
      }
    }
    return g;
  }
}
