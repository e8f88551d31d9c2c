package dev.gsig.transformer.config;

import dev.gsig.tensor.Activation;
import java.util.List;

/**
 * The classification head.
 *
 * @param hiddenSizes the width of each hidden layer; may be empty
 * @param activation follows every hidden layer; null if there is none
 * @param numLabels 1 for one binary logit, more for softmax classes
 */
public record Classifier(List<Integer> hiddenSizes, Activation activation, int numLabels) {
  /** Copies the list. */
  public Classifier {
    hiddenSizes = List.copyOf(hiddenSizes);
  }
}
