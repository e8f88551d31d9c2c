package dev.gsig.importer.internal.pickle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Python's {@code collections.OrderedDict}: a map that keeps its order, as ours do. */
public final class OrderedDict {
  /** The name under which pickles know it. */
  public static final Global NAME = new Global("collections", "OrderedDict");

  private OrderedDict() {}

  /**
   * What a call of it gives.
   *
   * @param arguments none, or one list of pairs
   * @return a new map
   * @throws PickleException if the arguments are anything else
   */
  public static Map<Object, Object> of(List<?> arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (arguments.isEmpty()) {
      return map;
    }
    if (arguments.size() != 1 || !(arguments.get(0) instanceof List<?> pairs)) {
      throw new PickleException("an OrderedDict takes one list of pairs");
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
