package dev.gsig.attribution;

import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.ehr.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the model says of a patient. The labels of a multi-label model are classes here: the
 * predicted one is the most probable.
 *
 * @param logit for one label the logit of class 1, for several that of the predicted class
 * @param probability for one label that of class 1, for several that of the predicted class
 * @param predictedClass the class with the largest probability
 * @param className the name of the predicted class; null if the model has no names
 * @param labels every label of a multi-label model with its probability, in order; empty for others
 */
public record Prediction(
    double logit, double probability, int predictedClass, String className, List<Label> labels) {
  /** Copies the list. */
  public Prediction {
    labels = List.copyOf(labels);
  }

  /**
   * The prediction that goes with some logits; of equal ones the lower class is taken.
   *
   * @param logits one for each label
   */
  public static Prediction of(double[] logits, Labels labels) {
    if (logits.length == 1) {
      int c = logits[0] > 0 ? 1 : 0;
      return new Prediction(
          logits[0], ScoreFunction.sigmoid(logits[0]), c, labels.className(c), List.of());
    }
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    List<Label> each = each(logits, labels);
    double probability =
        each.isEmpty() ? ScoreFunction.softmax(logits)[best] : each.get(best).probability();
    return new Prediction(logits[best], probability, best, labels.className(best), each);
  }

  /**
   * The probability of each class: the sigmoid of one logit, which is that of class 1; of several
   * logits their softmax, or the sigmoid of each where labels do not exclude each other.
   *
   * @param logits one for each label. Not modified.
   * @return as many probabilities
   */
  public static double[] probabilities(double[] logits, Labels labels) {
    return logits.length == 1 || labels.multiLabel()
        ? Arrays.stream(logits).map(ScoreFunction::sigmoid).toArray()
        : ScoreFunction.softmax(logits);
  }

  private static List<Label> each(double[] logits, Labels labels) {
    List<Label> each = new ArrayList<>();
    for (int c = 0; labels.multiLabel() && c < logits.length; c++) {
      each.add(new Label(c, labels.className(c), ScoreFunction.sigmoid(logits[c])));
    }
    return each;
  }

  /** A prediction of classes that exclude each other and have no names. */
  public Prediction(double logit, double probability, int predictedClass) {
    this(logit, probability, predictedClass, null, List.of());
  }

  /**
   * One label of a multi-label model.
   *
   * @param label its number, from 0
   * @param name null if the model has no names
   * @param probability the sigmoid of its logit
   */
  public record Label(int label, String name, double probability) {}

  /**
   * What is explained of a record, and how probable that is.
   *
   * @param score f, as {@link Attribution#score}
   * @param probability p of the explained class, or of the tokens, whatever f is
   * @param logOdds {@code log(p / (1 - p))}
   */
  public record Explained(double score, double probability, double logOdds) {}
}
