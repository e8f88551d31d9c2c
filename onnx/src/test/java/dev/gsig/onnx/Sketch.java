package dev.gsig.onnx;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.ModelProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Precision;
import dev.gsig.onnx.internal.op.Operators;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small graph of one input "x", written node by node, and what is fused in it. */
final class Sketch {
  private final Random random = new Random(7);
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, NdArray> constants = new LinkedHashMap<>();
  private final long opset;

  Sketch(long opset) {
    this.opset = opset;
  }

  String number(double value) {
    return constant(NdArray.scalar(ElementType.DOUBLE, value));
  }

  String indices(long... values) {
    return constant(NdArray.indices(values));
  }

  String random(int... shape) {
    return array(random.doubles(Shapes.size(shape), -1, 1).toArray(), shape);
  }

  String array(double[] values, int... shape) {
    return constant(NdArray.of(ElementType.DOUBLE, values, shape));
  }

  String constant(NdArray value) {
    String name = "c" + constants.size();
    constants.put(name, value);
    return name;
  }

  /** A node; attributes are names and values in turn behind its inputs. */
  String node(String operator, List<String> in, Object... attributes) {
    return node(operator, 1, in, attributes).get(0);
  }

  List<String> node(String operator, int outputs, List<String> in, Object... attributes) {
    Map<String, AttributeProto> all = new HashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      String name = (String) attributes[i];
      all.put(name, new AttributeProto(name, attributes[i + 1]));
    }
    List<String> out = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      out.add("v" + nodes.size() + "_" + i);
    }
    nodes.add(new NodeProto("", operator, "", in, out, all));
    return out;
  }

  private OnnxModel model(String output) {
    GraphProto graph =
        new GraphProto(
            "g",
            nodes,
            constants,
            List.of(new ValueProto("x", ElementType.DOUBLE, null)),
            List.of(new ValueProto(output, ElementType.DOUBLE, null)));
    Plan plan = Plan.of(new ModelProto(Map.of("", opset), graph), Operators::of, Precision.DOUBLE);
    return new OnnxModel("sketch", plan);
  }

  /** What the nodes that lead to an output are taken for. */
  String fused(String output) {
    try (Backend backend = Backends.open("ejml")) {
      OnnxFunction function = OnnxFunction.of(model(output), backend, output, List.of("x"), true);
      return function.fused() + " " + function.unfused();
    }
  }

  /** How many numbers a run puts on a tape. */
  long activations(String output, int... shape) {
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend)) {
      OnnxFunction function = OnnxFunction.of(model(output), backend, output, List.of("x"), true);
      int cols = shape[shape.length - 1];
      int rows = Shapes.size(shape) / cols;
      Variable x = tape.input(new Shape(1, rows, cols), new double[rows * cols]);
      function.apply(tape, List.of(x), List.of(shape), Map.of());
      return function.activationsPerItem(List.of(shape));
    }
  }

  /**
   * How far, relative to the largest number, values and gradients of two runs are from those of the
   * graph as it stands.
   */
  double deviation(String backendName, String output, int... shape) {
    double[] x = new Random(8).doubles(2 * Shapes.size(shape), -1, 1).toArray();
    try (Backend ejml = Backends.open("ejml");
        Backend backend = Backends.open(backendName)) {
      double[][] expected = run(ejml, output, x, shape, false);
      double[][] found = run(backend, output, x, shape, true);
      double worst = 0;
      for (int k = 0; k < expected.length; k++) {
        double scale = Arrays.stream(expected[k]).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < expected[k].length; i++) {
          worst = Math.max(worst, Math.abs(found[k][i] - expected[k][i]) / scale);
        }
      }
      return worst;
    }
  }

  private double[][] run(Backend backend, String output, double[] x, int[] shape, boolean fused) {
    OnnxFunction function = OnnxFunction.of(model(output), backend, output, List.of("x"), fused);
    int rows = x.length / 2 / shape[shape.length - 1];
    try (Tape tape = new Tape(backend)) {
      Variable in = tape.input(new Shape(2, rows, shape[shape.length - 1]), x);
      Variable y = function.apply(tape, List.of(in), List.of(shape), Map.of());
      double[] values = y.values();
      double[] seed = new Random(9).doubles(values.length, -1, 1).toArray();
      Tensor seeds = backend.upload(y.shape(), seed);
      tape.backward(y, seeds);
      backend.release(seeds);
      return new double[][] {values, in.gradient()};
    }
  }
}
