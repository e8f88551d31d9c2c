package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.importer.internal.family.Options;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON objects as maps that can be changed. */
final class Maps {
  private Maps() {}

  static Map<String, Object> of(JsonObject json) {
    Map<String, Object> map = new LinkedHashMap<>();
    json.keys().forEach(key -> map.put(key, json.raw(key)));
    return map;
  }

  /**
   * Puts all entries of one over those of another; objects in both are merged. Null says nothing,
   * but for a special token: there it says that the model has none.
   */
  static Map<String, Object> merged(Map<String, ?> under, Map<String, ?> over) {
    Map<String, Object> merged = new LinkedHashMap<>(under);
    over.forEach(
        (key, value) -> {
          if (value != null || Options.isToken(key)) {
            Object below = merged.get(key);
            boolean both = below instanceof Map && value instanceof Map;
            merged.put(key, both ? merged(object(below), object(value)) : value);
          }
        });
    return merged;
  }

  /** Puts a value at a path with dots. */
  static void set(Map<String, Object> map, String path, Object value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      map.put(path, value);
      return;
    }
    Object inner = map.getOrDefault(path.substring(0, dot), Map.of());
    if (!(inner instanceof Map)) {
      throw new InvalidInputException(
          "--set " + path + ": " + Json.quote(path.substring(0, dot)) + " is no object");
    }
    Map<String, Object> copy = new LinkedHashMap<>(object(inner));
    set(copy, path.substring(dot + 1), value);
    map.put(path.substring(0, dot), copy);
  }

  /** A tabular value that is given by its name alone is read as it is. */
  static Object feature(Object feature) {
    Object named = feature instanceof String name ? Map.of("name", name) : feature;
    if (!(named instanceof Map)) {
      return feature;
    }
    Map<String, Object> complete = new LinkedHashMap<>();
    complete.put("name", null);
    complete.put("mean", 0L);
    complete.put("std", 1L);
    return merged(complete, object(named));
  }

  @SuppressWarnings("unchecked") // keys of a parsed object are strings
  static Map<String, Object> object(Object value) {
    if (!(value instanceof Map)) {
      throw new InvalidInputException("a setting must be an object, but is " + value);
    }
    return (Map<String, Object>) value;
  }
}
