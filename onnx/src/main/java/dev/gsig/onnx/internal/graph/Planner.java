package dev.gsig.onnx.internal.graph;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.ModelProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.tensor.NdArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks a graph and puts its nodes in order. */
final class Planner {
  private static final int OLDEST = 7;

  /** ONNX 1.22; a newer version may have changed what an operator does. */
  private static final int NEWEST = 28;

  private final OperatorSet operators;
  private final Precision precision;
  private final long opset;
  private final Planner around;

  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> slots = new HashMap<>();
  private final Map<Integer, NdArray> constants = new HashMap<>();
  private final Set<String> captured = new LinkedHashSet<>();

  private Planner(OperatorSet operators, Precision precision, long opset, Planner around) {
    this.operators = operators;
    this.precision = precision;
    this.opset = opset;
    this.around = around;
  }

  static Plan plan(ModelProto model, OperatorSet operators, Precision precision) {
    Long opset = model.opsets().get("");
    if (opset == null) {
      throw new InvalidInputException("names no version of ONNX's operators; export it again");
    }
    if (opset > NEWEST || opset < 1) {
      throw new InvalidInputException(
          "asks for version "
              + opset
              + " of ONNX's operators, and "
              + NEWEST
              + " is the newest known here; export with opset_version="
              + NEWEST
              + " or below");
    }
    return new Planner(operators, precision, Math.max(opset, OLDEST), null).plan(model.graph());
  }

  private Plan plan(GraphProto graph) {
    graph.initializers().forEach((name, value) -> constants.put(define(name, "tensor"), value));
    List<ValueProto> inputs = new ArrayList<>();
    for (ValueProto input : graph.inputs()) {
      if (!graph.initializers().containsKey(input.name())) {
        define(input.name(), "input");
        inputs.add(input);
      }
    }
    List<Step> steps = new ArrayList<>();
    for (NodeProto node : graph.nodes()) {
      try {
        steps.add(step(node, graph));
      } catch (InvalidInputException e) {
        throw new InvalidInputException(node.label() + ": " + e.getMessage(), e);
      }
    }
    for (ValueProto output : graph.outputs()) {
      resolve(output.name(), graph);
    }
    if (graph.outputs().isEmpty()) {
      throw new InvalidInputException("the graph has no output");
    }
    NdArray[] values = new NdArray[names.size()];
    constants.forEach((slot, value) -> values[slot] = value);
    return new Plan(
        List.copyOf(names),
        Map.copyOf(slots),
        values,
        List.copyOf(inputs),
        List.copyOf(graph.outputs()),
        List.copyOf(captured),
        steps,
        precision);
  }

  private int define(String name, String what) {
    if (name.isEmpty()) {
      throw new InvalidInputException("a " + what + " has no name");
    }
    if (slots.putIfAbsent(name, names.size()) != null) {
      throw new InvalidInputException("two values have the name \"" + name + "\"");
    }
    names.add(name);
    return names.size() - 1;
  }

  private int resolve(String name, GraphProto graph) {
    if (name.isEmpty()) {
      return -1;
    }
    Integer slot = slots.get(name);
    if (slot != null) {
      return slot;
    }
    for (NodeProto later : graph.nodes()) {
      if (later.outputs().contains(name)) {
        throw new InvalidInputException(
            "takes \""
                + name
                + "\", which is computed later: nodes are out of order or form a circle");
      }
    }
    if (around == null || !around.isKnown(name)) {
      throw new InvalidInputException("takes \"" + name + "\", which nothing gives");
    }
    captured.add(name);
    return define(name, "value");
  }

  private boolean isKnown(String name) {
    return slots.containsKey(name) || (around != null && around.isKnown(name));
  }

  private Step step(NodeProto node, GraphProto graph) {
    if (!node.domain().isEmpty()) {
      throw new InvalidInputException(
          "is an operator of \"" + node.domain() + "\"; only ONNX's own are supported");
    }
    List<Integer> inputs = new ArrayList<>();
    node.inputs().forEach(name -> inputs.add(resolve(name, graph)));
    Map<String, Plan> graphs = new LinkedHashMap<>();
    for (AttributeProto attribute : node.attributes().values()) {
      if (attribute.value() instanceof GraphProto inner) {
        Plan plan = new Planner(operators, precision, opset, this).plan(inner);
        graphs.put(attribute.name(), plan);
        plan.captured().forEach(name -> inputs.add(resolve(name, graph)));
      }
    }
    Node view = new Node(node, opset, graphs);
    Operator operator = operators.operator(view);
    if (operator == null) {
      throw new InvalidInputException(
          "the operator is not supported; docs/onnx.md lists those that are");
    }
    view.requireAllRead();
    int[] outputs =
        node.outputs().stream().mapToInt(n -> n.isEmpty() ? -1 : define(n, "value")).toArray();
    return new Step(
        node, opset, operator, inputs.stream().mapToInt(Integer::intValue).toArray(), outputs);
  }
}
