package dev.gsig.attribution;

import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.ehr.Labels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the model says of a patient. The labels of a multi-label model are classes here: the
 * predicted one is the most probable.
 *
 * @param logit for one label the logit of class 1, for several that of the predicted class
 * @param probability for one label that of class 1, for several that of the predicted class
 * @param predictedClass the class with the largest probability
 * @param className the name of the predicted class; null if the model has no names
 * @param labels every label of a multi-label model with its probability, in order; empty for others
 * @param classes of several classes that exclude each other each with its probability: up to
 *     {@value #MOST_CLASSES} all, in order; of more the {@value #STRONGEST} most probable, these
 *     first. Empty for one logit, multi-label models, and tokens that may come next
 */
public record Prediction(
    double logit,
    double probability,
    int predictedClass,
    String className,
    List<Label> labels,
    List<Label> classes) {
  /** Up to so many classes are all told. */
  public static final int MOST_CLASSES = 50;

  /** So many are told where there are more. */
  public static final int STRONGEST = 10;

  /** Copies the lists. */
  public Prediction {
    labels = List.copyOf(labels);
    classes = List.copyOf(classes);
  }

  /**
   * The prediction that goes with some logits; of equal ones the lower class is taken.
   *
   * @param logits one for each label
   */
  public static Prediction of(double[] logits, Labels labels) {
    int best = best(logits);
    double[] p = probabilities(logits, labels);
    return new Prediction(
        logits[logits.length == 1 ? 0 : best],
        p[logits.length == 1 ? 0 : best],
        best,
        labels.className(best),
        labels.multiLabel() ? told(IntStream.range(0, p.length), p, labels) : List.of(),
        labels.multiLabel() || p.length == 1 ? List.of() : classes(p, labels));
  }

  /** The prediction of a token that comes next: of so many, the others are not told. */
  static Prediction ofTokens(double[] logits, Labels tokens) {
    int best = best(logits);
    return new Prediction(
        logits[best],
        ScoreFunction.softmax(logits)[best],
        best,
        tokens.className(best),
        List.of(),
        List.of());
  }

  private static int best(double[] logits) {
    if (logits.length == 1) {
      return logits[0] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    return best;
  }

  private static List<Label> classes(double[] p, Labels labels) {
    IntStream all = IntStream.range(0, p.length);
    return p.length <= MOST_CLASSES
        ? told(all, p, labels)
        : told(
            all.boxed()
                .sorted(Comparator.comparingDouble(c -> -p[c]))
                .limit(STRONGEST)
                .mapToInt(c -> c),
            p,
            labels);
  }

  private static List<Label> told(IntStream classes, double[] p, Labels labels) {
    return classes.mapToObj(c -> new Label(c, labels.className(c), p[c])).toList();
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

  /** A prediction of two classes that have no names. */
  public Prediction(double logit, double probability, int predictedClass) {
    this(logit, probability, predictedClass, null, List.of(), List.of());
  }

  /**
   * One label of a multi-label model, or one class of several.
   *
   * @param label its number, from 0
   * @param name null if the model has no names
   * @param probability the sigmoid of its logit, of a class the softmax
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
