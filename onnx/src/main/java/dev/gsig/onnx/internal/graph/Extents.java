package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Shapes with names in them. They are not derived operator by operator but measured: the graph is
 * run with small extents for the inputs' named dimensions, and each extent found is written as a
 * sum of products of the names, {@code a + b N + c L + d N L}, that agrees with every run, those
 * included that were not used to find it. An extent that agrees with none, as that of a NonZero, is
 * left open.
 */
public final class Extents {
  /** More named dimensions than that make too many runs. */
  private static final int MOST_NAMES = 6;

  private final List<String> names;
  private final List<int[]> settings = new ArrayList<>();

  private Extents(List<String> names, Map<String, Integer> bounds) {
    this.names = names;
    // all corners of 2 and 3, then one further point to test what was found
    for (int corner = 0; corner < 1 << names.size(); corner++) {
      int bits = corner;
      settings.add(IntStream.range(0, names.size()).map(i -> 2 + (bits >> i & 1)).toArray());
    }
    settings.add(
        IntStream.range(0, names.size())
            .map(i -> Math.min(4 + i, bounds.getOrDefault(names.get(i), Integer.MAX_VALUE)))
            .toArray());
  }

  /**
   * Measures shapes.
   *
   * @param plan the graph
   * @param bounds the largest extent of named dimensions that have one
   * @return what is known of each value, in order
   */
  public static Map<String, ValueProto> of(Plan plan, Map<String, Integer> bounds) {
    TreeSet<String> named = new TreeSet<>();
    for (ValueProto input : plan.inputs()) {
      if (input.type() == null || input.dims() == null) {
        throw new InvalidInputException(
            "the shape of the input \"" + input.name() + "\" is not said; export it with one");
      }
      input.dims().stream().filter(dim -> !isNumber(dim)).forEach(dim -> named.add(name(dim)));
    }
    if (named.size() > MOST_NAMES) {
      throw new InvalidInputException("more than " + MOST_NAMES + " dimensions are not fixed");
    }
    return new Extents(List.copyOf(named), bounds).measure(plan);
  }

  private static boolean isNumber(String dim) {
    return dim.matches("\\d{1,9}");
  }

  private static String name(String dim) {
    return dim.isEmpty() ? "?" : dim;
  }

  private Map<String, ValueProto> measure(Plan plan) {
    List<Trace> runs = new ArrayList<>();
    for (int[] setting : settings) {
      Map<String, NdArray> given = new HashMap<>();
      for (ValueProto input : plan.inputs()) {
        given.put(input.name(), input(input, setting));
      }
      runs.add(plan.run(given));
    }
    Map<String, ValueProto> found = new LinkedHashMap<>();
    for (String name : plan.names()) {
      int slot = plan.slot(name);
      if (runs.stream().allMatch(run -> run.has(slot))) {
        List<NdArray> values = runs.stream().map(run -> run.value(name)).toList();
        found.put(name, new ValueProto(name, values.get(0).type(), dims(values)));
      }
    }
    return found;
  }

  /** Ones: an index that every table has but the smallest, and a mask that leaves all in. */
  private NdArray input(ValueProto input, int[] setting) {
    int[] shape =
        input.dims().stream()
            .mapToInt(d -> isNumber(d) ? Integer.parseInt(d) : setting[names.indexOf(name(d))])
            .toArray();
    int size = Shapes.size(shape);
    if (input.type().isFloating()) {
      double[] ones = new double[size];
      Arrays.fill(ones, 1);
      return NdArray.of(input.type(), ones, shape);
    }
    long[] ones = new long[size];
    Arrays.fill(ones, 1);
    return NdArray.of(input.type(), ones, shape);
  }

  private List<String> dims(List<NdArray> values) {
    int rank = values.get(0).rank();
    if (values.stream().anyMatch(value -> value.rank() != rank)) {
      return null;
    }
    return IntStream.range(0, rank)
        .mapToObj(axis -> extent(values.stream().mapToLong(v -> v.dim(axis)).toArray()))
        .toList();
  }

  /** The sum of products that gives these extents, or nothing if there is none. */
  private String extent(long[] found) {
    int corners = 1 << names.size();
    long[] factors = Arrays.copyOf(found, corners);
    // along each name a + b x goes through its values at 2 and 3
    for (int bit = 1; bit < corners; bit <<= 1) {
      for (int i = 0; i < corners; i++) {
        if ((i & bit) == 0) {
          long slope = factors[i | bit] - factors[i];
          factors[i] -= 2 * slope;
          factors[i | bit] = slope;
        }
      }
    }
    int[] last = settings.get(corners);
    long sum = 0;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < corners; i++) {
      long product = factors[i];
      List<String> parts = new ArrayList<>();
      for (int k = 0; k < names.size(); k++) {
        if ((i >> k & 1) != 0) {
          product *= last[k];
          parts.add(names.get(k));
        }
      }
      sum += product;
      if (factors[i] != 0) {
        if (parts.isEmpty() || Math.abs(factors[i]) != 1) {
          parts.add(0, Long.toString(Math.abs(factors[i])));
        }
        text.append(text.isEmpty() ? factors[i] < 0 ? "-" : "" : factors[i] < 0 ? " - " : " + ");
        text.append(String.join(" ", parts));
      }
    }
    return sum != found[corners] ? "" : text.isEmpty() ? "0" : text.toString();
  }
}
