package dev.gsig.service;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.ehr.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a query asks besides: {@code without=CODE}, several with commas being taken away together,
 * and {@code with=NAME=VALUE}, each as often as wanted; as {@code gsig explain} takes them.
 */
final class Asked {
  /** The most changes that a query may ask about: each is a pass through the model. */
  static final int MAX_CHANGES = 20;

  static final String WITHOUT = "without";
  static final String WITH = "with";

  private Asked() {}

  /**
   * Reads what a query gives.
   *
   * @param query names and values; other names are not looked at
   * @return the changes, in order, each once
   * @throws InvalidInputException if it asks too much, or about what the model does not know
   */
  static List<Change> of(List<Map.Entry<String, String>> query, Model model) {
    Set<Change> changes = new LinkedHashSet<>();
    for (Map.Entry<String, String> asked : query) {
      if (asked.getKey().equals(WITHOUT)) {
        changes.add(Change.without(names(asked.getValue(), model).toArray(String[]::new)));
      } else if (asked.getKey().equals(WITH)) {
        changes.add(with(asked.getValue(), model));
      }
    }
    if (changes.size() > MAX_CHANGES) {
      throw new InvalidInputException(
          "the query has " + changes.size() + " changes; ask about at most " + MAX_CHANGES);
    }
    return new ArrayList<>(changes);
  }

  /** One code whose name has a comma, or several. */
  private static List<String> names(String text, Model model) {
    if (isKnown(text, model)) {
      return List.of(text);
    }
    List<String> names = Arrays.stream(text.split(",", -1)).map(String::strip).distinct().toList();
    names.forEach(name -> requireKnown(name, model));
    return names;
  }

  private static Change with(String text, Model model) {
    int equals = text.lastIndexOf('=');
    try {
      double value = Double.parseDouble(text.substring(equals + 1).strip());
      if (equals > 0 && Double.isFinite(value)) {
        String name = text.substring(0, equals);
        requireKnown(name, model);
        return Change.with(name, value);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new InvalidInputException("with takes NAME=VALUE with a number, but is " + text);
  }

  private static boolean isKnown(String name, Model model) {
    return model.vocabulary().idOf(name).isPresent() || model.featureNames().contains(name);
  }

  private static void requireKnown(String name, Model model) {
    if (!isKnown(name, model)) {
      throw new InvalidInputException("the model knows no code and no tabular value " + name);
    }
  }
}
