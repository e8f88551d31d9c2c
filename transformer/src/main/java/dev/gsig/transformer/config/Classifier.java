package dev.gsig.transformer.config;

import dev.gsig.ehr.Labels;
import dev.gsig.tensor.Activation;
import java.util.List;

/**
 * The classification head.
 *
 * @param hiddenSizes the width of each hidden layer; may be empty
 * @param activation follows every hidden layer; null if there is none
 * @param numLabels number of logits
 * @param problemType what several logits mean to each other
 * @param classNames a name for each class, from 0; empty if they have none
 */
public record Classifier(
    List<Integer> hiddenSizes,
    Activation activation,
    int numLabels,
    ProblemType problemType,
    List<String> classNames) {
  /** Copies the lists. */
  public Classifier {
    hiddenSizes = List.copyOf(hiddenSizes);
    classNames = List.copyOf(classNames);
  }

  /** A head whose classes exclude each other and have no names. */
  public Classifier(List<Integer> hiddenSizes, Activation activation, int numLabels) {
    this(hiddenSizes, activation, numLabels, ProblemType.SINGLE_LABEL, List.of());
  }

  /** What it tells apart. */
  public Labels labels() {
    return new Labels(numLabels, problemType == ProblemType.MULTI_LABEL, classNames);
  }
}
