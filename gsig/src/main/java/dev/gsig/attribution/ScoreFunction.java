package dev.gsig.attribution;

/**
 * The explained score f as a function of the logits, with its gradient. One label is a binary logit
 * z of class 1: the logit of class 0 is -z and its probability sigmoid(-z). Several labels are
 * softmax classes.
 *
 * @param target logit or probability
 * @param explainedClass the class
 * @param labels number of logits
 */
record ScoreFunction(Target target, int explainedClass, int labels) {

  static double sigmoid(double z) {
    return 1 / (1 + StrictMath.exp(-z));
  }

  /** The prediction that goes with some logits; ties go to the lower class. */
  static Prediction predict(double[] logits) {
    if (logits.length == 1) {
      return new Prediction(logits[0], sigmoid(logits[0]), logits[0] > 0 ? 1 : 0);
    }
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    return new Prediction(logits[best], softmax(logits)[best], best);
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
    return target == Target.LOGIT ? logits[explainedClass] : softmax(logits)[explainedClass];
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
    } else {
      double[] p = softmax(logits);
      for (int c = 0; c < labels; c++) {
        g[c] = p[explainedClass] * ((c == explainedClass ? 1 : 0) - p[c]);
      }
    }
    return g;
  }
}
