package dev.gsig.importer;

import dev.gsig.importer.internal.family.Derived;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the numbers are that layers turn into vectors: times, ages and the values beside codes. The
 * layers do not tell, and PyTorch's logits do not either: they are computed from the numbers
 * themselves.
 */
final class NumberMeaning {
  private static final String TIME = "time";
  private static final String AGE = "age";
  private static final String VALUE = "value";
  private static final Map<String, Map<String, String>> QUESTIONS =
      Map.of(TIME, new LinkedHashMap<>(), AGE, new LinkedHashMap<>(), VALUE, new LinkedHashMap<>());

  static {
    Map<String, String> time = QUESTIONS.get(TIME);
    time.put(
        "time_span",
        "what it is: since_previous_visit, since_first_visit, until_last_visit, since_birth, or"
            + " since_date with time_origin; no other number can be read");
    time.put(
        "time_unit",
        "its unit: seconds, minutes, hours, days, weeks, months, years, or a number of days");
    time.put("time_transform", "what is done to it then: none, floor, log1p or floor_log1p");
    time.put(
        "time_special_tokens",
        "what CLS, SEP and PAD have: zero, or the time of their visit: visit");
    QUESTIONS
        .get(AGE)
        .put(
            "age_transform",
            "what is done to the age in years times age_rows_per_year (1): none, floor, log1p or"
                + " floor_log1p; where something is added to it or it is multiplied then,"
                + " import.age_shift and import.age_scale say by what");
    Map<String, String> value = QUESTIONS.get(VALUE);
    value.put(
        "value_scale",
        "what the value is: raw if as in the cohort, standardised if by the mean and sd of its"
            + " code, of which values.json beside the vocabulary tells");
    value.put(
        "value_missing",
        "what is read where a code has no value: nothing, if its vector is zero then, or zero, if"
            + " it is that of the number 0");
  }

  private NumberMeaning() {}

  /** What is asked of an input, by key. */
  static Map<String, String> questions(String input) {
    return Collections.unmodifiableMap(QUESTIONS.get(input));
  }

  /** Whether a name is of a layer of numbers, which may have no bias. */
  static boolean isLayer(String name) {
    return QUESTIONS.keySet().stream().anyMatch(input -> name.startsWith(layer(input)));
  }

  private static String layer(String input) {
    return "embeddings." + input + "_embeddings";
  }

  /**
   * Asks for what is not told.
   *
   * @param config what is known so far
   * @param weights under the names of the model folder
   * @param questions key to meaning; added to
   */
  static void ask(
      Map<String, Object> config, Map<String, Derived> weights, Map<String, String> questions) {
    for (String input : List.of(AGE, TIME, VALUE)) {
      if (reads(config, input)) {
        ask(input, config, weights, questions);
      }
    }
    if ("since_date".equals(config.get("time_span")) && config.get("time_origin") == null) {
      questions.put("time_origin", "the day that times are counted from, such as 1970-01-01");
    }
    if (weights.containsKey(layer(VALUE) + ".dense.weight")
        && config.get("value_activation") == null) {
      questions.put("value_activation", "the activation between the two layers of the values");
    }
  }

  private static void ask(
      String input,
      Map<String, Object> config,
      Map<String, Derived> weights,
      Map<String, String> questions) {
    Derived layer = weights.get(layer(input) + ".weight");
    boolean first = true;
    for (Map.Entry<String, String> question : QUESTIONS.get(input).entrySet()) {
      if (config.get(question.getKey()) == null) {
        boolean ofOne = first && layer != null && isOfOne(layer);
        String what = " is a linear layer of one number, which is added to the embedding; ";
        questions.put(question.getKey(), (ofOne ? layer.from() + what : "") + question.getValue());
      }
      first = false;
    }
  }

  private static boolean isOfOne(Derived layer) {
    return layer.shape().size() == 2 && layer.shape().get(1) == 1;
  }

  /** Whether the model has the input as a number, and not as a row of a table. */
  private static boolean reads(Map<String, Object> config, String input) {
    return config.get("embedding_inputs") instanceof Map<?, ?> inputs
        && inputs.get(input) instanceof String kind
        && !List.of("learned", "sinusoidal").contains(kind);
  }
}
