package dev.gsig.importer.internal.pickle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The dictionaries of Python's {@code collections}: maps that keep their order, as ours do. */
public final class Dictionaries {
  private static final Global ORDERED = new Global("collections", "OrderedDict");
  private static final Global COUNTER = new Global("collections", "Counter");
  private static final Global WITH_DEFAULT = new Global("collections", "defaultdict");

  private Dictionaries() {}

  /** Whether a name is one of theirs. */
  public static boolean include(Object global) {
    return ORDERED.equals(global) || COUNTER.equals(global) || WITH_DEFAULT.equals(global);
  }

  /**
   * What a call of one gives.
   *
   * @param type one that {@link #include} knows
   * @param arguments none; or of an OrderedDict one list of pairs, of a Counter one dictionary, of
   *     a defaultdict what makes the defaults, which is dropped
   * @return a new map
   * @throws PickleException if the arguments are anything else
   */
  public static Map<Object, Object> of(Global type, List<?> arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (arguments.isEmpty() || (type.equals(WITH_DEFAULT) && arguments.size() == 1)) {
      return map;
    }
    if (type.equals(COUNTER) && arguments.size() == 1 && arguments.get(0) instanceof Map<?, ?> of) {
      map.putAll(of);
      return map;
    }
    if (!type.equals(ORDERED)
        || arguments.size() != 1
        || !(arguments.get(0) instanceof List<?> pairs)) {
      throw new PickleException("it calls " + type + " with unknown arguments");
    }
    for (Object pair : pairs) {
      if (!(pair instanceof List<?> items) || items.size() != 2) {
        throw new PickleException("an OrderedDict takes one list of pairs");
      }
      map.put(Machine.key(items.get(0)), items.get(1));
    }
    return map;
  }
}
