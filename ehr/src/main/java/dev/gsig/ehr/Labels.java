package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import java.util.List;

/**
 * What a model tells apart. It is called a class: the two outcomes of one logit, the softmax
 * classes of several, or the labels of a multi-label model. Immutable.
 *
 * @param count number of logits, at least 1
 * @param multiLabel whether each of several logits has a sigmoid of its own; one logit is a binary
 *     class either way, for which this is false
 * @param names a name for each class, from 0; empty if they have none
 */
public record Labels(int count, boolean multiLabel, List<String> names) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there is no logit, or some classes have a name and others
   *     have none
   */
  public Labels {
    names = List.copyOf(names);
    multiLabel = multiLabel && count > 1;
    if (count < 1) {
      throw new IllegalArgumentException("a model has at least 1 logit, not " + count);
    }
    if (!names.isEmpty() && names.size() != Math.max(2, count)) {
      throw new IllegalArgumentException(
          names.size() + " names for " + Math.max(2, count) + " classes; name each, or none");
    }
  }

  /** Labels without names, which exclude each other. */
  public Labels(int count) {
    this(count, false, List.of());
  }

  /**
   * How many classes can be explained.
   *
   * @return 2 for one logit, else one for each logit
   */
  public int classes() {
    return Math.max(2, count);
  }

  /** The name of a class; null if it has none. */
  public String className(int c) {
    return names.isEmpty() ? null : names.get(c);
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
    int c = names.indexOf(text);
    if (c < 0 || c != names.lastIndexOf(text)) {
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
    int shown = Math.min(names.size(), 20);
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
