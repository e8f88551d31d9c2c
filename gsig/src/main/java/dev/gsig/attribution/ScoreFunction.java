package dev.gsig.attribution;

import dev.gsig.ehr.Labels;
import java.util.ArrayList;
import java.util.List;

/**
 * The explained score f as a function of the logits, with its gradient. One label is a binary logit
 * z of class 1: the logit of class 0 is -z and its probability sigmoid(-z). Several labels are
 * softmax classes, or have a sigmoid each.
 *
 * @param target logit or probability
 * @param explainedClass the class
 * @param labels number of logits
 * @param multiLabel whether each of several labels has a sigmoid of its own
 */
record ScoreFunction(Target target, int explainedClass, int labels, boolean multiLabel) {
  /** The score of a class that excludes the others. */
  ScoreFunction(Target target, int explainedClass, int labels) {
    this(target, explainedClass, labels, false);
  }

  static double sigmoid(double z) {
    return 1 / (1 + StrictMath.exp(-z));
  }

  /** The prediction that goes with some logits; ties go to the lower class. */
  static Prediction predict(double[] logits, Labels labels) {
    if (logits.length == 1) {
      int c = logits[0] > 0 ? 1 : 0;
      return new Prediction(logits[0], sigmoid(logits[0]), c, labels.className(c), List.of());
    }
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    List<Prediction.Label> each = each(logits, labels);
    double probability = each.isEmpty() ? softmax(logits)[best] : each.get(best).probability();
    return new Prediction(logits[best], probability, best, labels.className(best), each);
  }

  private static List<Prediction.Label> each(double[] logits, Labels labels) {
    List<Prediction.Label> each = new ArrayList<>();
    for (int c = 0; labels.multiLabel() && c < logits.length; c++) {
      each.add(new Prediction.Label(c, labels.className(c), sigmoid(logits[c])));
    }
    return each;
  }

  private static double[] softmax(double[] logits) {
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
  double score(double[] logits) {
    if (labels == 1) {
      double z = explainedClass == 1 ? logits[0] : -logits[0];
      return target == Target.LOGIT ? z : sigmoid(z);
    }
    if (target == Target.LOGIT) {
      return logits[explainedClass];
    }
    return multiLabel ? sigmoid(logits[explainedClass]) : softmax(logits)[explainedClass];
  }

  /** df / dlogits. */
  double[] gradient(double[] logits) {
    double[] g = new double[labels];
    if (labels == 1) {
      double sign = explainedClass == 1 ? 1 : -1;
      double p = score(logits);
      g[0] = target == Target.LOGIT ? sign : sign * p * (1 - p);
    } else if (target == Target.LOGIT) {
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
