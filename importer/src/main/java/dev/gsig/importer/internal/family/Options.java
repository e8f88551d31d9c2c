package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the user said about a model, and what of it was asked for so far. */
public final class Options {
  /** The keys of {@link #how}. */
  public static final List<String> KEYS =
      List.of(
          "token_type",
          "age_first_row",
          "position_first_row",
          "visit_first_row",
          "age_shift",
          "age_scale",
          "time_layer",
          "cls_position",
          "sinusoid",
          "positions",
          "position_scale",
          "sum_scale",
          "tabular_first",
          "head",
          "norm",
          "entity_ids",
          "sex_row",
          "region_row");

  private final Map<String, Object> config;
  private final Map<String, Object> how;
  private final boolean separateHead;
  private final boolean checked;
  private final Set<String> unread;

  /**
   * Refuses keys that mean nothing.
   *
   * @param config keys of {@code config.json}, perhaps not all
   * @param how keys that only tell how to import, see {@link #KEYS}
   * @param separateHead whether the head came from a file of its own
   * @param checked whether the model's logits will be compared with PyTorch's
   * @throws InvalidInputException if {@code how} has another key
   */
  public Options(
      Map<String, Object> config, Map<String, Object> how, boolean separateHead, boolean checked) {
    this.config = java.util.Collections.unmodifiableMap(config);
    this.how = java.util.Collections.unmodifiableMap(how);
    this.separateHead = separateHead;
    this.checked = checked;
    unread = new LinkedHashSet<>(how.keySet());
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

  /** Keys of {@code config.json}, perhaps not all. */
  public Map<String, Object> config() {
    return config;
  }

  /** Keys that only tell how to import; reading them here does not count as use. */
  public Map<String, Object> how() {
    return how;
  }

  /** What a key of {@link #how} holds, null if it was not given; it counts as used. */
  public Object read(String key) {
    unread.remove(key);
    return how.get(key);
  }

  /** Whether the head came from a file of its own. */
  public boolean separateHead() {
    return separateHead;
  }

  /** Whether the model's logits will be compared with PyTorch's. */
  public boolean checked() {
    return checked;
  }

  /**
   * Refuses what was said and made no difference: about a part that the model has not, or one that
   * is named already.
   *
   * @throws InvalidInputException if a key of {@link #how} was not read
   */
  public void requireAllRead() {
    if (!unread.isEmpty()) {
      throw new InvalidInputException(
          "import."
              + String.join(", import.", unread)
              + " changes nothing: the model has no such part, or a mapping file or the weights'"
              + " own names tell already what it is; leave it out");
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
    Object value = read(key);
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
    Object value = how.containsKey(key) ? read(key) : Long.valueOf(1);
    if (value instanceof Number number
        && number.doubleValue() > 0
        && number.doubleValue() < Double.POSITIVE_INFINITY) {
      return number.doubleValue();
    }
    throw wrong(key, "a number above 0");
  }

  /** What is added to a number that tells how to import; 0 where nothing is given. */
  double shift(String key) {
    Object value = how.containsKey(key) ? read(key) : Long.valueOf(0);
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw wrong(key, "a number");
  }

  /** Something that holds or not; false where nothing is said. */
  public boolean flag(String key) {
    Object value = read(key);
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw wrong(key, "true or false");
  }

  /** One of a few words that tell how to import; the first is the default. */
  String word(String key, List<String> words) {
    Object value = how.containsKey(key) ? read(key) : words.get(0);
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
