package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.List;
import java.util.Map;

/**
 * What the user said about a model.
 *
 * @param config keys of {@code config.json}, perhaps not all
 * @param how keys that only tell how to import, see {@link #KEYS}
 * @param separateHead whether the head came from a file of its own
 * @param checked whether the model's logits will be compared with PyTorch's
 */
public record Options(
    Map<String, Object> config, Map<String, Object> how, boolean separateHead, boolean checked) {
  /** The keys of {@link #how}. */
  public static final List<String> KEYS =
      List.of(
          "token_type",
          "age_first_row",
          "position_first_row",
          "sinusoid",
          "position_scale",
          "sum_scale",
          "tabular_first",
          "head",
          "norm",
          "entity_ids",
          "sex_row",
          "region_row");

  /** Refuses keys that mean nothing. */
  public Options {
    config = java.util.Collections.unmodifiableMap(config);
    how = java.util.Collections.unmodifiableMap(how);
    for (String key : how.keySet()) {
      if (!KEYS.contains(key)) {
        throw new InvalidInputException(
            "import."
                + key
                + " is not a known key; allowed are "
                + String.join(", ", KEYS.stream().map(k -> "import." + k).toList()));
      }
    }
  }

  /** True if the user gave a key of the configuration; a special token may be given as null. */
  public boolean gives(String key) {
    return config.get(key) != null || (config.containsKey(key) && isToken(key));
  }

  /** True for the keys of special tokens, whose null means that the model has none. */
  public static boolean isToken(String key) {
    return key.endsWith("_token_id");
  }

  /** A whole number from 0 up that tells how to import. */
  int number(String key, int fallback) {
    Object value = how.get(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Long number && number >= 0 && number < 1 << 24) {
      return number.intValue();
    }
    throw wrong(key, "a whole number from 0 up");
  }

  /** A factor above 0 that tells how to import; 1 where none is given. */
  double factor(String key) {
    Object value = how.getOrDefault(key, 1L);
    if (value instanceof Number number
        && number.doubleValue() > 0
        && number.doubleValue() < Double.POSITIVE_INFINITY) {
      return number.doubleValue();
    }
    throw wrong(key, "a number above 0");
  }

  /** One of a few words that tell how to import; the first is the default. */
  String word(String key, List<String> words) {
    Object value = how.getOrDefault(key, words.get(0));
    if (value instanceof String word && words.contains(word)) {
      return word;
    }
    throw wrong(key, "one of " + String.join(", ", words));
  }

  /** The exception for a key of {@link #how} that holds something else. */
  InvalidInputException wrong(String key, String expected) {
    Object value = how.get(key);
    return new InvalidInputException(
        "import." + key + " must be " + expected + ", but is " + Json.quote(String.valueOf(value)));
  }
}
