package dev.gsig.onnx;

import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.ModelProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Precision;
import dev.gsig.onnx.internal.op.Operators;
import dev.gsig.onnx.tensor.NdArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Graphs of one node, made for tests. */
final class OneNode {
  private final String operator;
  private final long opset;
  private final Map<String, AttributeProto> attributes = new LinkedHashMap<>();
  private final List<String> inputs = new ArrayList<>();
  private final Map<String, NdArray> constants = new LinkedHashMap<>();
  private final Map<String, NdArray> given = new LinkedHashMap<>();
  private int outputs = 1;

  private OneNode(String operator, long opset) {
    this.operator = operator;
    this.opset = opset;
  }

  static OneNode of(String operator) {
    return of(operator, 24);
  }

  static OneNode of(String operator, long opset) {
    return new OneNode(operator, opset);
  }

  /** An attribute: a Long, Double, String, NdArray, long[] or double[]. */
  OneNode with(String name, Object value) {
    attributes.put(name, new AttributeProto(name, value));
    return this;
  }

  /** An input that gradients are asked for. */
  OneNode in(NdArray value) {
    String name = "x" + inputs.size();
    inputs.add(name);
    given.put(name, value);
    return this;
  }

  /** An input that is a constant; null for one that is left out. */
  OneNode constant(NdArray value) {
    String name = value == null ? "" : "c" + inputs.size();
    inputs.add(name);
    if (value != null) {
      constants.put(name, value);
    }
    return this;
  }

  OneNode outputs(int count) {
    outputs = count;
    return this;
  }

  String operator() {
    return operator;
  }

  Map<String, NdArray> given() {
    return given;
  }

  List<String> outputNames() {
    return IntStream.range(0, outputs).mapToObj(i -> "y" + i).toList();
  }

  Plan plan() {
    NodeProto node = new NodeProto("n", operator, "", inputs, outputNames(), attributes);
    GraphProto graph =
        new GraphProto(
            "g",
            List.of(node),
            constants,
            given.entrySet().stream()
                .map(e -> new ValueProto(e.getKey(), e.getValue().type(), null))
                .toList(),
            outputNames().stream().map(name -> new ValueProto(name, null, null)).toList());
    return Plan.of(new ModelProto(Map.of("", opset), graph), Operators::of, Precision.DOUBLE);
  }

  @Override
  public String toString() {
    return operator + attributes.keySet() + given.values() + constants.values();
  }
}
