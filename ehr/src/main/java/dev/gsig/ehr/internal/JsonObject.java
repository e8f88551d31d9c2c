package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A parsed JSON object that knows where it came from: every getter that does not find what it
 * expects throws an {@link InvalidInputException} naming the source, the path to the key, what was
 * expected and what was found. A key whose value is null counts as absent. Immutable.
 */
public final class JsonObject {
  private static final double MAX_EXACT = 1L << 53;

  private final String source;
  private final String path;
  private final Map<?, ?> map;

  private JsonObject(String source, String path, Map<?, ?> map) {
    this.source = source;
    this.path = path;
    this.map = map;
  }

  /**
   * An object from elsewhere than a JSON document.
   *
   * @param source what messages call it
   * @param map values by key, of the types that {@link Json} reads. Not copied
   * @return the object
   */
  public static JsonObject of(String source, Map<?, ?> map) {
    return new JsonObject(source, "", map);
  }

  /** What messages call the document, for example a file name and a line number. */
  public String source() {
    return source;
  }

  /** The keys, in document order, those with a null value included. */
  @SuppressWarnings("unchecked") // keys of a parsed object are strings
  public Set<String> keys() {
    return (Set<String>) map.keySet();
  }

  /** A copy, in document order. */
  public Map<String, Object> toMap() {
    Map<String, Object> copy = new LinkedHashMap<>();
    keys().forEach(key -> copy.put(key, map.get(key)));
    return copy;
  }

  /**
   * Says whether a key is there with a value other than null.
   *
   * @param key the key
   * @return whether it has a value
   */
  public boolean has(String key) {
    return map.get(key) != null;
  }

  /**
   * The value as parsed, see {@link Json}.
   *
   * @param key the key
   * @return the value, or null if absent
   */
  public Object raw(String key) {
    return map.get(key);
  }

  /**
   * A text.
   *
   * @param key the key
   * @return its value
   * @throws InvalidInputException if absent or not a text
   */
  public String string(String key) {
    return string(key, required(key, "a text"));
  }

  /**
   * A text that may be absent.
   *
   * @param key the key
   * @return its value, or null if absent
   * @throws InvalidInputException if there and not a text
   */
  public String stringOrNull(String key) {
    return has(key) ? string(key) : null;
  }

  /**
   * A whole number that fits an {@code int}; {@code 2.0} is taken for 2.
   *
   * @param key the key
   * @return its value
   * @throws InvalidInputException if absent, not a whole number, or out of range
   */
  public int integer(String key) {
    return integer(key, required(key, "a whole number"));
  }

  /**
   * A whole number that may be absent; see {@link #integer}.
   *
   * @param key the key
   * @return its value, or null if absent
   * @throws InvalidInputException if there and not a whole number, or out of range
   */
  public Integer integerOrNull(String key) {
    return has(key) ? integer(key) : null;
  }

  /**
   * A number.
   *
   * @param key the key
   * @return its value
   * @throws InvalidInputException if absent or not a number
   */
  public double number(String key) {
    return number(key, required(key, "a number"));
  }

  /**
   * A number that may be absent.
   *
   * @param key the key
   * @return its value, or null if absent
   * @throws InvalidInputException if there and not a number
   */
  public Double numberOrNull(String key) {
    return has(key) ? number(key) : null;
  }

  /**
   * A truth value that may be absent.
   *
   * @param key the key
   * @param fallback the value if absent
   * @return its value
   * @throws InvalidInputException if there and neither true nor false
   */
  public boolean bool(String key, boolean fallback) {
    if (!has(key)) {
      return fallback;
    }
    if (map.get(key) instanceof Boolean flag) {
      return flag;
    }
    throw mismatch(key, "true or false", map.get(key));
  }

  /**
   * A list of values as parsed.
   *
   * @param key the key
   * @return its elements, not modifiable
   * @throws InvalidInputException if absent or not a list
   */
  public List<?> list(String key) {
    Object value = required(key, "a list");
    if (value instanceof List<?> list) {
      return list;
    }
    throw mismatch(key, "a list", value);
  }

  /**
   * A list of texts.
   *
   * @param key the key
   * @return its elements
   * @throws InvalidInputException if absent or not a list of texts
   */
  public List<String> strings(String key) {
    List<?> values = list(key);
    List<String> strings = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      strings.add(string(element(key, i), values.get(i)));
    }
    return strings;
  }

  /**
   * A list of whole numbers.
   *
   * @param key the key
   * @return its elements
   * @throws InvalidInputException if absent or not a list of whole numbers that fit an {@code int}
   */
  public List<Integer> integers(String key) {
    List<?> values = list(key);
    List<Integer> integers = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      integers.add(integer(element(key, i), values.get(i)));
    }
    return integers;
  }

  /**
   * A list of numbers.
   *
   * @param key the key
   * @return its elements
   * @throws InvalidInputException if absent or not a list of numbers
   */
  public List<Double> numbers(String key) {
    List<?> values = list(key);
    List<Double> numbers = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      numbers.add(number(element(key, i), values.get(i)));
    }
    return numbers;
  }

  /**
   * A list of numbers, each of which may be null.
   *
   * @param key the key
   * @return its elements
   * @throws InvalidInputException if absent or not a list of numbers and nulls
   */
  public List<Double> numbersOrNulls(String key) {
    List<?> values = list(key);
    List<Double> numbers = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      numbers.add(values.get(i) == null ? null : (Double) number(element(key, i), values.get(i)));
    }
    return numbers;
  }

  /**
   * A list of objects.
   *
   * @param key the key
   * @return its elements
   * @throws InvalidInputException if absent or not a list of objects
   */
  public List<JsonObject> objects(String key) {
    List<?> values = list(key);
    List<JsonObject> objects = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      objects.add(object(element(key, i), values.get(i)));
    }
    return objects;
  }

  /**
   * An object.
   *
   * @param key the key
   * @return its value
   * @throws InvalidInputException if absent or not an object
   */
  public JsonObject object(String key) {
    return object(key, required(key, "an object"));
  }

  /**
   * An object that may be absent.
   *
   * @param key the key
   * @return its value, or null if absent
   * @throws InvalidInputException if there and not an object
   */
  public JsonObject objectOrNull(String key) {
    return has(key) ? object(key) : null;
  }

  /**
   * The exception for a value of the right type that is wrong for another reason.
   *
   * @param key the key
   * @param problem what is wrong and how to mend it, for example {@code must be at least 1}
   * @return the exception to throw; its message is {@code SOURCE: "path.key" PROBLEM}
   */
  public InvalidInputException invalid(String key, String problem) {
    return new InvalidInputException(source + ": " + name(key) + " " + problem);
  }

  private Object required(String key, String expected) {
    Object value = map.get(key);
    if (value != null) {
      return value;
    }
    throw invalid(
        key, (map.containsKey(key) ? "is null" : "is missing") + "; it must be " + expected);
  }

  private String string(String key, Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw mismatch(key, "a text", value);
  }

  private int integer(String key, Object value) {
    if (value instanceof Long || isWhole(value)) {
      long whole = ((Number) value).longValue();
      if (whole != (int) whole) {
        throw mismatch(key, "a whole number below 2^31 in size", value);
      }
      return (int) whole;
    }
    throw mismatch(key, "a whole number", value);
  }

  private double number(String key, Object value) {
    if (value instanceof Number number) {
      if (Double.isFinite(number.doubleValue())) {
        return number.doubleValue();
      }
      throw invalid(
          key, "is " + value + ", which is no number; leave it out where a value is missing");
    }
    throw mismatch(key, "a number", value);
  }

  private static boolean isWhole(Object value) {
    return value instanceof Double number
        && Math.abs(number) <= MAX_EXACT
        && number == Math.rint(number);
  }

  private JsonObject object(String key, Object value) {
    if (value instanceof Map<?, ?> child) {
      return new JsonObject(source, path.isEmpty() ? key : path + "." + key, child);
    }
    throw mismatch(key, "an object", value);
  }

  private InvalidInputException mismatch(String key, String expected, Object found) {
    return invalid(key, "must be " + expected + ", but is " + Json.describe(found));
  }

  private static String element(String key, int index) {
    return key + "[" + index + "]";
  }

  private String name(String key) {
    return Json.quote(path.isEmpty() ? key : path + "." + key);
  }
}
