package dev.gsig.cli;

import dev.gsig.ehr.internal.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where two JSON values differ.
 *
 * @param path for example {@code tokens[3].signed}
 * @param one the value there, shortened, as JSON; {@code absent} where there is none
 * @param other the same of the other
 */
record JsonDifference(String path, String one, String other) {
  private static final int SHOWN = 40;
  private static final Object ABSENT = new Object();

  /** The first difference in document order; null if there is none. */
  static JsonDifference first(Object one, Object other) {
    return first("", one, other);
  }

  private static JsonDifference first(String path, Object one, Object other) {
    if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
      Set<Object> keys = new LinkedHashSet<>(b.keySet());
      keys.addAll(a.keySet());
      for (Object key : keys) {
        String at = path.isEmpty() ? key.toString() : path + "." + key;
        JsonDifference found = first(at, value(a, key), value(b, key));
        if (found != null) {
          return found;
        }
      }
      return null;
    }
    if (one instanceof List<?> a && other instanceof List<?> b) {
      for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
        Object left = i < a.size() ? a.get(i) : ABSENT;
        Object right = i < b.size() ? b.get(i) : ABSENT;
        JsonDifference found = first(path + "[" + i + "]", left, right);
        if (found != null) {
          return found;
        }
      }
      return null;
    }
    String left = text(one);
    String right = text(other);
    return left.equals(right)
        ? null
        : new JsonDifference(path, Text.shorten(left, SHOWN), Text.shorten(right, SHOWN));
  }

  private static Object value(Map<?, ?> map, Object key) {
    return map.containsKey(key) ? map.get(key) : ABSENT;
  }

  private static String text(Object value) {
    return value == ABSENT ? "absent" : Json.write(value);
  }
}
