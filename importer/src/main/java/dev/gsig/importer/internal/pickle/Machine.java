package dev.gsig.importer.internal.pickle;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The stack and the memo of a pickle that is being read. */
final class Machine {
  /** A vocabulary of half a million codes fits; memory stays below a few hundred MB. */
  static final int MOST_OBJECTS = 4_000_000;

  private static final Object MARK = new Object();

  private final Rules rules;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private int objects;

  Machine(Rules rules) {
    this.rules = rules;
  }

  void push(Object value) {
    count(1);
    stack.add(value);
  }

  private void count(int more) {
    objects += more;
    if (objects > MOST_OBJECTS) {
      throw new PickleException("it holds more than " + MOST_OBJECTS + " objects");
    }
  }

  void mark() {
    push(MARK);
  }

  Object pop() {
    Object top = top();
    stack.remove(stack.size() - 1);
    return top;
  }

  /** The topmost value, which stays. */
  Object top() {
    if (stack.isEmpty()) {
      throw broken();
    }
    Object top = stack.get(stack.size() - 1);
    if (top == MARK) {
      throw broken();
    }
    return top;
  }

  /** Takes the last value or mark away. */
  void drop() {
    if (stack.isEmpty()) {
      throw broken();
    }
    stack.remove(stack.size() - 1);
  }

  /** Everything above the last mark, which goes too. */
  List<Object> popToMark() {
    int mark = stack.size() - 1;
    while (mark >= 0 && stack.get(mark) != MARK) {
      mark--;
    }
    if (mark < 0) {
      throw broken();
    }
    List<Object> above = stack.subList(mark + 1, stack.size());
    List<Object> items = new ArrayList<>(above);
    above.clear();
    stack.remove(mark);
    return items;
  }

  void popTuple(int size) {
    Object[] items = new Object[size];
    for (int i = size - 1; i >= 0; i--) {
      items[i] = pop();
    }
    push(List.of(items));
  }

  void append(List<Object> items) {
    if (top() instanceof Opaque) {
      return;
    }
    if (!(top() instanceof ArrayList<?>)) {
      throw broken();
    }
    @SuppressWarnings("unchecked") // every ArrayList on the stack is one that was pushed as a list
    List<Object> list = (List<Object>) top();
    list.addAll(items);
  }

  void setItems(List<Object> keysAndValues) {
    if (keysAndValues.size() % 2 == 0 && top() instanceof Opaque) {
      return;
    }
    if (keysAndValues.size() % 2 != 0 || !(top() instanceof Map<?, ?>)) {
      throw broken();
    }
    @SuppressWarnings("unchecked") // every map on the stack is one of ours
    Map<Object, Object> map = (Map<Object, Object>) top();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      map.put(key(keysAndValues.get(i)), keysAndValues.get(i + 1));
    }
  }

  /** Only plain values are keys: hashing anything else could recurse without end. */
  static Object key(Object value) {
    if (value instanceof String
        || value instanceof Long
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof BigInteger
        || value instanceof Opaque
        || value == PickleReader.NONE) {
      return value;
    }
    throw new PickleException("it holds a dictionary with keys that are no texts or numbers");
  }

  void put(long index) {
    memo.put(index, top());
    if (memo.size() > MOST_OBJECTS) {
      throw new PickleException("it remembers more than " + MOST_OBJECTS + " objects");
    }
  }

  void memoize() {
    put(memo.size());
  }

  void get(long index) {
    Object value = memo.get(index);
    if (value == null) {
      throw broken();
    }
    push(value);
  }

  /** Names a function or class. */
  void global(String module, String name, BooleanSupplier createsObject) {
    Global global = new Global(module, name);
    if (rules.allows(global)) {
      push(global);
      return;
    }
    String shown = PickleReader.shown(global.toString());
    boolean isRoot = stack.isEmpty() && createsObject.getAsBoolean();
    if (isRoot || Hazards.includes(global)) {
      throw new RefusedGlobalException(shown, isRoot);
    }
    push(new Opaque(shown));
  }

  /** Makes an object of a class; only of one that is passed over. */
  boolean create(int arguments) {
    for (int i = 0; i < arguments; i++) {
      pop();
    }
    return top() instanceof Opaque;
  }

  void reduce() {
    Object arguments = pop();
    if (top() instanceof Opaque) {
      return; // what an unknown function gives is as unknown
    }
    if (!(pop() instanceof Global function) || !(arguments instanceof List<?> list)) {
      throw new PickleException("it calls something that is no function");
    }
    Object result = rules.call(function, list);
    // a call may copy a list that is there only once
    count(result instanceof Map<?, ?> map ? map.size() : 0);
    push(result);
  }

  void persistent() {
    push(rules.persistent(pop()));
  }

  /** The attributes of a dictionary, which PyTorch uses for versions, are dropped. */
  void build() {
    Object state = pop();
    if (top() instanceof Opaque) {
      return;
    }
    if (!(top() instanceof Map<?, ?>) || !(state instanceof Map<?, ?>)) {
      throw new PickleException("it sets the state of an object");
    }
  }

  Object result() {
    Object result = pop();
    if (!stack.isEmpty()) {
      throw broken();
    }
    return result;
  }

  static PickleException broken() {
    return new PickleException("its instructions make no sense; the file is damaged");
  }
}
