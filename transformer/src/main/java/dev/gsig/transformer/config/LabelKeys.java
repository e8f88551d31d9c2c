package dev.gsig.transformer.config;

import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** The keys that say what the logits of a classification head mean. */
final class LabelKeys {
  private LabelKeys() {}

  /** What several labels mean to each other; they exclude each other unless it is told. */
  static ProblemType problemType(JsonObject json) {
    return Values.choice(
        json, "problem_type", ProblemType.class, ProblemType::configName, ProblemType.SINGLE_LABEL);
  }

  /**
   * The names in {@code id2label}. For one logit they are of both classes, or one of class 1. The
   * names that Hugging Face makes up, {@code LABEL_0}, are none.
   */
  static List<String> classNames(JsonObject json, int labels) {
    JsonObject given = json.objectOrNull("id2label");
    if (given == null) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (String key = "0"; given.has(key); key = Integer.toString(names.size())) {
      String name = given.raw(key) instanceof Long number ? number.toString() : given.string(key);
      if (name.isBlank()) {
        throw given.invalid(key, "must not be empty");
      }
      names.add(name);
    }
    boolean both = labels == 1 && names.size() == 2;
    if (given.keys().size() != names.size() || (names.size() != labels && !both)) {
      throw json.invalid(
          "id2label",
          "must name the labels 0 to "
              + (labels - 1)
              + (labels == 1 ? ", or the classes 0 and 1" : "")
              + ", but has the keys "
              + String.join(", ", given.keys().stream().limit(10).toList())
              + "; correct it, or leave it out");
    }
    if (names.stream().allMatch(name -> name.matches("LABEL_\\d+"))) {
      return List.of();
    }
    return labels == 1 && !both ? List.of("not " + names.get(0), names.get(0)) : names;
  }
}
