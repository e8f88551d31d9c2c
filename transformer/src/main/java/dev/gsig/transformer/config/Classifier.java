package dev.gsig.transformer.config;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.tensor.Activation;
import java.util.List;

/**
 * The classification head. What it tells apart is called a class: the two outcomes of one logit,
 * the softmax classes of several, or the labels of a multi-label model.
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

  /**
   * How many classes can be explained.
   *
   * @return 2 for one logit, else one for each logit
   */
  public int classes() {
    return Math.max(2, numLabels);
  }

  /**
   * Whether each of several logits has a sigmoid of its own. One logit is a binary class either
   * way.
   */
  public boolean isMultiLabel() {
    return problemType == ProblemType.MULTI_LABEL && numLabels > 1;
  }

  /** The name of a class; null if it has none. */
  public String className(int c) {
    return classNames.isEmpty() ? null : classNames.get(c);
  }

  /** A class as messages call it: {@code 1 (diabetes)}, or {@code 1} without a name. */
  public String describe(int c) {
    return className(c) == null ? Integer.toString(c) : c + " (" + className(c) + ")";
  }

  /**
   * The class that a text names, by number or by name; what is a whole number is a number.
   *
   * @throws InvalidInputException if no class, or more than one, is called so
   */
  public int classOf(String text) {
    if (text.matches("-?\\d{1,9}")) {
      return requireClass(Integer.parseInt(text));
    }
    int c = classNames.indexOf(text);
    if (c < 0 || c != classNames.lastIndexOf(text)) {
      throw new InvalidInputException(
          "class "
              + Json.quote(text)
              + (c < 0 ? " does not exist; " : " is the name of several; give its number: ")
              + "the model has the classes "
              + list());
    }
    return c;
  }

  /**
   * Makes sure that a class exists.
   *
   * @return the class
   * @throws InvalidInputException if it does not, saying which do
   */
  public int requireClass(int c) {
    if (c < 0 || c >= classes()) {
      throw new InvalidInputException(
          "class " + c + " does not exist; the model has the classes " + list());
    }
    return c;
  }

  private String list() {
    int shown = Math.min(classNames.size(), 20);
    if (shown == 0) {
      return "0 to " + (classes() - 1);
    }
    StringBuilder list = new StringBuilder();
    for (int c = 0; c < shown; c++) {
      list.append(c == 0 ? "" : ", ").append(describe(c));
    }
    return list + (shown < classes() ? " and so on to " + (classes() - 1) : "");
  }
}
