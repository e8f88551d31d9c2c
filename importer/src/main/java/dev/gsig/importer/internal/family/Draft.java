package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.transformer.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model folder in the making: what the checkpoint's tensors become, what the family knows about
 * the configuration, and what had to be assumed. Names are seen without the parts that wrappers
 * such as {@code module.} and {@code _orig_mod.} put into them, and with {@code weight} and {@code
 * bias} for the {@code gamma} and {@code beta} of old layer norms.
 */
public final class Draft {
  private static final Pattern STEPS = Pattern.compile("(#\\d{1,4}/\\d{1,4}|\\^T)*$");
  private static final Pattern STEP = Pattern.compile("#(\\d+)/(\\d+)|\\^T");

  private final TensorSource in;
  private final Options options;
  private final Map<String, String> actual = new LinkedHashMap<>();
  private final Set<String> used = new LinkedHashSet<>();
  // Targets and sources that the user named: nothing that is recognised takes their place.
  private final Set<String> named = new LinkedHashSet<>();
  private final Set<String> namedSources = new LinkedHashSet<>();
  private final Set<String> literalTargets = new LinkedHashSet<>();
  private boolean layersMayLackBias;
  private boolean normsMayLackBias;
  private int firstPosition;
  // Keys of the configuration that the family has translated, or that hold whatever was said.
  private final Set<String> dropped = new LinkedHashSet<>();
  private final Map<String, Object> settled = new LinkedHashMap<>();
  private final Map<String, Derived> targets = new LinkedHashMap<>();
  private final Map<String, Object> facts = new LinkedHashMap<>();
  private final Map<String, String> notes = new LinkedHashMap<>();
  private final Map<String, String> questions = new LinkedHashMap<>();

  /**
   * Starts with nothing.
   *
   * @param in the checkpoint
   * @param options what the user said
   */
  public Draft(TensorSource in, Options options) {
    this.in = in;
    this.options = options;
    for (String name : in.names()) {
      String seen =
          Wrappers.without(name)
              .replaceFirst("\\.gamma$", ".weight")
              .replaceFirst("\\.beta$", ".bias");
      String other = actual.put(seen, name);
      if (other != null) {
        throw new InvalidInputException(
            in.source()
                + ": "
                + Json.quote(other)
                + " and "
                + Json.quote(name)
                + " are one weight");
      }
    }
  }

  /** What the user said of the model. */
  public Options options() {
    return options;
  }

  /** The names in the checkpoint, as they are seen here. */
  public Set<String> names() {
    return actual.keySet();
  }

  /** What messages call the checkpoint. */
  public String source() {
    return in.source();
  }

  boolean has(String name) {
    return actual.containsKey(name);
  }

  /** The shape of a tensor of the checkpoint. */
  public List<Long> shape(String name) {
    return in.shape(actual.get(name));
  }

  /** The names not used so far. */
  public List<String> unused() {
    return actual.keySet().stream().filter(name -> !used.contains(name)).toList();
  }

  /** The tensors of the model folder so far. */
  public Map<String, Derived> targets() {
    return targets;
  }

  /** What the family knows about the configuration. */
  public Map<String, Object> facts() {
    return facts;
  }

  /** What was assumed: key to value and reason, for the user. */
  public Map<String, String> notes() {
    return notes;
  }

  /** Keys of the configuration that must be given, with what they mean. */
  public Map<String, String> questions() {
    return questions;
  }

  /** A key that the weights cannot tell and that has no safe default. */
  public void ask(String key, String meaning) {
    questions.put(key, meaning);
  }

  /** Something that the family knows about the configuration. */
  public void fact(String key, Object value) {
    facts.put(key, value);
  }

  /** A fact that another model of the family may not share. */
  public void assume(String key, Object value, String why) {
    facts.put(key, value);
    note(key, Json.write(value) + " (" + why + ")");
  }

  /**
   * What must be given, unless PyTorch's own logits will show whether it holds.
   *
   * @param value assumed then
   */
  public void askUnlessChecked(String key, Object value, String meaning) {
    if (!options.checked()) {
      ask(key, meaning);
    } else if (key.startsWith("import.")) {
      note(key, Json.write(value) + " (unless the check tells otherwise)");
    } else {
      assume(key, value, "unless the check tells otherwise");
    }
  }

  /** Notes that something was assumed about a key, unless it was given. */
  public void note(String key, String text) {
    notes.put(key, text);
  }

  /** Takes a tensor of the checkpoint, which must be there; it counts as used. */
  Derived take(String name) {
    if (!has(name)) {
      throw new InvalidInputException(source() + ": tensor " + Json.quote(name) + " is missing");
    }
    used.add(name);
    return Derived.of(in, actual.get(name));
  }

  /** Takes a matrix. */
  Derived takeTable(String name) {
    Derived table = take(name);
    if (table.shape().size() != 2) {
      throw new InvalidInputException(
          source() + ": " + Json.quote(name) + " must be a matrix, but has shape " + table.shape());
    }
    return table;
  }

  /** Tensors that are of no use here. */
  void pass(Pattern pattern) {
    actual.keySet().stream().filter(name -> pattern.matcher(name).find()).forEach(used::add);
  }

  /** Puts a tensor in, unless the user named another for this place, or another place for it. */
  void put(String target, Derived tensor) {
    if (!named.contains(target) && !namedSources.contains(tensor.from())) {
      targets.put(target, tensor);
    }
  }

  /** Says that linear layers without a bias are usual; else one that is missing is a fault. */
  void expectLayersWithoutBias() {
    layersMayLackBias = true;
  }

  /** Whether linear layers of the encoder may have no bias. */
  public boolean layersMayLackBias() {
    return layersMayLackBias;
  }

  /** Says that layer norms without a bias are usual; else one that is missing is a fault. */
  void expectNormsWithoutBias() {
    normsMayLackBias = true;
  }

  /** Whether layer norms may have no bias. */
  public boolean normsMayLackBias() {
    return normsMayLackBias;
  }

  /** Says which row of the position table is the first position, unless the user says another. */
  void positionsFrom(int row) {
    firstPosition = row;
  }

  int firstPosition() {
    return firstPosition;
  }

  /** Passes a key of the given configuration over: the family has read it. */
  void drop(String key) {
    dropped.add(key);
  }

  /** A key that holds this whatever the given configuration has in its place. */
  public void settle(String key, Object value) {
    settled.put(key, value);
  }

  /** The configuration as it was given, without what the family has read or settled. */
  public Map<String, Object> given() {
    Map<String, Object> given = new LinkedHashMap<>(options.config());
    given.keySet().removeAll(dropped);
    given.putAll(settled);
    return given;
  }

  /** Puts what was computed from a tensor in its place. */
  void replace(String target, Derived tensor) {
    targets.put(target, tensor);
  }

  /** Maps tensors as {@link #map} does; nothing that is recognised later takes their places. */
  boolean name(String target, String source) {
    if (!target.contains("{")) {
      literalTargets.add(target);
    }
    Set<String> before = new LinkedHashSet<>(targets.keySet());
    boolean found = map(target, source);
    targets.forEach(
        (name, tensor) -> {
          if (!before.contains(name)) {
            named.add(name);
            namedSources.add(tensor.from());
          }
        });
    return found;
  }

  /** The places that the user named, one by one and not by a pattern over layers. */
  public Set<String> literalTargets() {
    return literalTargets;
  }

  /**
   * Maps tensors: {@code {n}} in both patterns is a number, any other {@code {x}} in the source is
   * a number over which rows are concatenated in ascending order.
   *
   * @param target pattern of the name in the model folder
   * @param source pattern of the name in the checkpoint; behind it {@code #i/k} takes the i-th of k
   *     equal blocks of rows, {@code ^T} transposes, in the order in which they are written
   * @return whether any tensor was found
   */
  boolean map(String target, String source) {
    Matcher steps = STEPS.matcher(source);
    int end = steps.find() ? steps.start() : source.length();
    Map<String, Map<List<Integer>, String>> found =
        matches(target, Wrappers.without(source.substring(0, end)));
    found.forEach(
        (name, parts) -> {
          List<Derived> tensors = new ArrayList<>();
          for (String part : parts.values()) {
            tensors.add(stepped(take(part), source.substring(end)));
          }
          requireAlike(tensors);
          put(name, Derived.concatenated(tensors));
        });
    return !found.isEmpty();
  }

  private void requireAlike(List<Derived> tensors) {
    List<Long> first = tensors.get(0).shape();
    for (Derived tensor : tensors) {
      List<Long> shape = tensor.shape();
      boolean alike =
          !shape.isEmpty()
              && shape.size() == first.size()
              && shape.subList(1, shape.size()).equals(first.subList(1, first.size()));
      if (tensors.size() > 1 && !alike) {
        throw new InvalidInputException(
            source()
                + ": the rows of "
                + Json.quote(tensor.from())
                + ", of shape "
                + shape
                + ", cannot go below those of shape "
                + first);
      }
    }
  }

  private Derived stepped(Derived tensor, String steps) {
    Derived result = tensor;
    Matcher step = STEP.matcher(steps);
    while (step.find()) {
      boolean cut = step.group(1) != null;
      result =
          cut
              ? block(result, Integer.parseInt(step.group(1)), Integer.parseInt(step.group(2)))
              : transposed(result);
    }
    return result;
  }

  private Derived block(Derived tensor, int i, int k) {
    if (i >= k || tensor.shape().isEmpty() || tensor.rows() % k != 0) {
      throw new InvalidInputException(
          source()
              + ": "
              + Json.quote(tensor.from())
              + " of shape "
              + tensor.shape()
              + " cannot be cut into "
              + k
              + " blocks of rows, numbered from 0");
    }
    return tensor.block(i, k);
  }

  private Derived transposed(Derived tensor) {
    if (tensor.shape().size() != 2) {
      throw new InvalidInputException(
          source() + ": " + Json.quote(tensor.from()) + " is no matrix that could be transposed");
    }
    return tensor.transposed();
  }

  /** Target names, each with its sources in the order of their numbers. */
  private Map<String, Map<List<Integer>, String>> matches(String target, String pattern) {
    Map<String, Map<List<Integer>, String>> found = new TreeMap<>();
    Pattern regex = regex(pattern);
    boolean layered = pattern.contains("{n}");
    for (String name : actual.keySet()) {
      Matcher matcher = regex.matcher(name);
      if (matcher.matches()) {
        String layer = layered ? matcher.group("n") : "";
        List<Integer> numbers = new ArrayList<>();
        for (int g = 1; g <= matcher.groupCount(); g++) {
          numbers.add(Integer.parseInt(matcher.group(g)));
        }
        found
            .computeIfAbsent(
                target.replace("{n}", layer),
                t -> new TreeMap<>((a, b) -> java.util.Arrays.compare(array(a), array(b))))
            .put(numbers, name);
      }
    }
    return found;
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(i -> i).toArray();
  }

  private static Pattern regex(String pattern) {
    StringBuilder regex = new StringBuilder();
    Matcher hole = Pattern.compile("\\{([a-z])\\}").matcher(pattern);
    Set<String> seen = new LinkedHashSet<>();
    int at = 0;
    while (hole.find()) {
      regex.append(Pattern.quote(pattern.substring(at, hole.start())));
      String name = hole.group(1);
      regex.append(seen.add(name) ? "(?<" + name + ">\\d{1,6})" : "\\k<" + name + ">");
      at = hole.end();
    }
    return Pattern.compile(regex.append(Pattern.quote(pattern.substring(at))).toString());
  }

  /** Moves the first columns of a matrix of the model folder behind the others. */
  public void moveFirstColumns(String target, int count) {
    Derived weight = targets.get(target);
    if (weight != null && weight.shape().size() == 2 && count < weight.columns()) {
      put(target, weight.firstColumnsLast(count));
    }
  }

  /** Maps {@code .weight} and {@code .bias} of a layer. */
  boolean both(String target, String source) {
    boolean weight = map(target + ".weight", source + ".weight");
    boolean bias = map(target + ".bias", source + ".bias");
    return weight || bias;
  }
}
