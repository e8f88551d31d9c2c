package dev.gsig.attribution;

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
}
