package dev.gsig.attribution.internal.math;

import dev.gsig.ehr.Labels;

/**
 * The explained score f as a function of the logits, with its gradient. One label is a binary logit
 * z of class 1: the logit of class 0 is -z and its probability sigmoid(-z). Several labels are
 * softmax classes, or have a sigmoid each.
 *
 * @param isProbability whether f is the probability, else the logit
 * @param explainedClass the class
 * @param labels number of logits
 * @param multiLabel whether each of several labels has a sigmoid of its own
 */
public record ScoreFunction(
    boolean isProbability, int explainedClass, int labels, boolean multiLabel) {

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

  /** f. */
  public double score(double[] logits) {
    return isProbability ? probability(logits) : logit(logits);
  }

  /** The probability of the explained class, whether or not that is f. */
  public double probability(double[] logits) {
    return labels == 1 || multiLabel ? sigmoid(logit(logits)) : softmax(logits)[explainedClass];
  }

  private double logit(double[] logits) {
    return labels > 1 ? logits[explainedClass] : explainedClass == 1 ? logits[0] : -logits[0];
  }

  /** df / dlogits. */
  public double[] gradient(double[] logits) {
    double[] g = new double[labels];
    if (labels == 1) {
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
