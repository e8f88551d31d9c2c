package dev.gsig.onnx.internal.graph;

import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.tensor.NdArray;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a graph, layer by layer. Exporters keep the names that weights have in their
 * module: a layer is the outermost module with a number, as in {@code encoder.layers.0}, and
 * elsewhere the largest module without such a one within, as {@code embeddings}. A weight whose
 * name is lost belongs to the layer of the one that is used before it.
 */
public final class Layers {
  private static final int DEEPEST = 16;

  private Layers() {}

  /**
   * The layers that an output depends on, that nearest to the output first, by the order in which
   * nodes first use them.
   *
   * @param graph the graph
   * @param modules names of weights in their module, by their names in the graph, where these
   *     differ
   * @param output the name of a value
   * @return names of tensors of the graph by layer
   */
  public static Map<String, List<String>> of(
      GraphProto graph, Map<String, String> modules, String output) {
    Map<String, String> weights = new LinkedHashMap<>();
    for (NodeProto node : needed(graph, output)) {
      for (String input : node.inputs()) {
        NdArray tensor = graph.initializers().get(input);
        if (tensor != null && isWeight(tensor)) {
          weights.putIfAbsent(input, modules.getOrDefault(input, input));
        }
      }
    }
    Set<String> outer = new HashSet<>();
    weights.values().forEach(name -> addOuter(name, outer));
    Map<String, List<String>> layers = new LinkedHashMap<>();
    List<String> nameless = new ArrayList<>();
    String last = null;
    for (Map.Entry<String, String> weight : weights.entrySet()) {
      if (isNamed(weight.getValue())) {
        last = layer(weight.getValue(), outer);
      } else if (last == null) {
        nameless.add(weight.getKey());
        continue;
      }
      layers.computeIfAbsent(last, name -> new ArrayList<>()).add(weight.getKey());
    }
    if (!nameless.isEmpty()) {
      String first = layers.isEmpty() ? "weights" : layers.keySet().iterator().next();
      layers.computeIfAbsent(first, name -> new ArrayList<>()).addAll(nameless);
    }
    List<String> order = new ArrayList<>(layers.keySet());
    Collections.reverse(order);
    Map<String, List<String>> reversed = new LinkedHashMap<>();
    order.forEach(name -> reversed.put(name, layers.get(name)));
    return reversed;
  }

  /** The nodes that lead to a value, in the file's order. */
  private static Iterable<NodeProto> needed(GraphProto graph, String output) {
    Set<String> wanted = new HashSet<>(Set.of(output));
    ArrayDeque<NodeProto> needed = new ArrayDeque<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      NodeProto node = graph.nodes().get(i);
      if (node.outputs().stream().anyMatch(wanted::contains)) {
        wanted.addAll(node.inputs());
        needed.addFirst(node);
      }
    }
    return needed;
  }

  /** Masks and fillers have two numbers at most, or infinity among them; weights have more. */
  private static boolean isWeight(NdArray tensor) {
    if (!tensor.type().isFloating() || tensor.size() < 3) {
      return false;
    }
    double[] numbers = tensor.doubles();
    return Arrays.stream(numbers).allMatch(Double::isFinite)
        && Arrays.stream(numbers).distinct().limit(3).count() == 3;
  }

  /** What exporters call a weight when they have changed it has no module in it. */
  private static boolean isNamed(String name) {
    return !name.isEmpty() && !name.startsWith("onnx::") && !name.matches("(val_)?\\d+");
  }

  /** What a name is made of; what is deeper than modules are stays together. */
  private static List<String> modules(String name) {
    return List.of(name.split("\\.", DEEPEST));
  }

  private static int number(List<String> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).matches("\\d+")) {
        return i;
      }
    }
    return -1;
  }

  /** The modules around a numbered one. */
  private static void addOuter(String name, Set<String> outer) {
    List<String> parts = modules(name);
    for (int i = 1; i <= number(parts); i++) {
      outer.add(String.join(".", parts.subList(0, i)));
    }
  }

  private static String layer(String name, Set<String> outer) {
    List<String> parts = modules(name);
    int number = number(parts);
    int length = number >= 0 ? number + 1 : 1;
    while (number < 0 && length < parts.size() && isOuter(parts, length, outer)) {
      length++;
    }
    return String.join(".", parts.subList(0, length));
  }

  private static boolean isOuter(List<String> parts, int length, Set<String> outer) {
    return outer.contains(String.join(".", parts.subList(0, length)));
  }
}
