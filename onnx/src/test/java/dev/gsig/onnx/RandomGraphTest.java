package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.ModelProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Precision;
import dev.gsig.onnx.internal.graph.Trace;
import dev.gsig.onnx.internal.op.Operators;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Graphs of twenty nodes by chance: broadcasting, residuals, splits, gathers, masks, norms,
 * attention's products. Their gradients against central differences, in float64.
 */
class RandomGraphTest {
  private static final int NODES = 20;
  private static final double STEP = 1e-5;

  /** A graph as it grows. */
  private static final class Growing {
    private final Random random;
    private final List<NodeProto> nodes = new ArrayList<>();
    private final Map<String, NdArray> constants = new LinkedHashMap<>();
    private final List<String> values = new ArrayList<>(List.of("x"));
    private final Map<String, int[]> shapes = new HashMap<>();

    Growing(Random random, int... shape) {
      this.random = random;
      shapes.put("x", shape);
    }

    private String constant(NdArray value) {
      String name = "c" + constants.size();
      constants.put(name, value);
      return name;
    }

    private String numbers(int... shape) {
      double[] values = new double[Shapes.size(shape)];
      Arrays.setAll(values, i -> random.nextGaussian() / 2);
      return constant(NdArray.of(ElementType.DOUBLE, values, shape));
    }

    private String add(String operator, int[] shape, Map<String, Object> attributes, String... in) {
      return add(operator, List.of(shape), attributes, in).get(0);
    }

    private List<String> add(
        String operator, List<int[]> outputs, Map<String, Object> attributes, String... in) {
      Map<String, AttributeProto> all = new HashMap<>();
      attributes.forEach((name, value) -> all.put(name, new AttributeProto(name, value)));
      List<String> out = new ArrayList<>();
      for (int[] shape : outputs) {
        String name = "v" + nodes.size() + "_" + out.size();
        out.add(name);
        shapes.put(name, shape);
      }
      nodes.add(new NodeProto("", operator, "", List.of(in), List.copyOf(out), all));
      values.addAll(out);
      return out;
    }

    private String any() {
      return values.get(random.nextInt(values.size()));
    }

    /** A value that was made of late, so that graphs become deep. */
    private String late() {
      return values.get(Math.max(0, values.size() - 1 - random.nextInt(3)));
    }

    private String unary(String in) {
      String[] names = {"Tanh", "Sigmoid", "Gelu", "Sin", "Softplus", "Swish", "Neg", "Erf"};
      return add(names[random.nextInt(names.length)], shapes.get(in), Map.of(), in);
    }

    void grow() {
      String in = late();
      int[] shape = shapes.get(in);
      int last = shape.length - 1;
      switch (random.nextInt(12)) {
        case 0 -> unary(in);
        case 1 -> {
          int[] factor = shape.clone();
          factor[random.nextInt(shape.length)] = 1;
          add("Mul", shape, Map.of(), in, numbers(factor));
        }
        case 2 -> residual(in);
        case 3 -> {
          int[] to = shape.clone();
          to[last] = 2 + random.nextInt(3);
          add("MatMul", to, Map.of(), in, numbers(shape[last], to[last]));
        }
        // with a small epsilon norms of norms bend so much that differences tell nothing
        case 4 ->
            add(
                "LayerNormalization",
                shape,
                Map.of("epsilon", 0.1),
                in,
                numbers(shape[last]),
                numbers(shape[last]));
        case 5 -> add("Softmax", shape, Map.of("axis", (long) random.nextInt(shape.length)), in);
        case 6 -> {
          int[] turned = {shape[0], shape[2], shape[1]};
          add("Transpose", turned, Map.of("perm", new long[] {0, 2, 1}), in);
        }
        case 7 -> splitAndJoin(in);
        case 8 -> {
          int[] to = {shape[0], 3, shape[2]};
          long[] rows = random.longs(3, -shape[1], shape[1]).toArray();
          add("Gather", to, Map.of("axis", 1L), in, constant(NdArray.indices(rows)));
        }
        case 9 -> {
          long[] mask = random.longs(shape[1], 0, 2).toArray();
          String holds = constant(NdArray.of(ElementType.BOOL, mask, shape[1], 1));
          add("Where", shape, Map.of(), holds, in, numbers(shape[last]));
        }
        case 10 -> {
          int[] reduced = {shape[0], 1, shape[2]};
          String mean = add("ReduceMean", reduced, Map.of(), in, constant(NdArray.indices(1)));
          add("Sub", shape, Map.of(), in, mean);
        }
        default -> attention(in);
      }
    }

    /** Adds an earlier value of a shape that fits, or the value itself. */
    private void residual(String in) {
      String other = any();
      boolean fits = Arrays.equals(shapes.get(in), shapes.get(other));
      add(random.nextBoolean() ? "Add" : "Mul", shapes.get(in), Map.of(), in, fits ? other : in);
    }

    private void splitAndJoin(String in) {
      int[] shape = shapes.get(in);
      if (shape[2] == 1) {
        unary(in);
        return;
      }
      int first = 1 + random.nextInt(shape[2] - 1);
      int[] left = {shape[0], shape[1], first};
      int[] right = {shape[0], shape[1], shape[2] - first};
      List<String> parts =
          add(
              "Split",
              List.of(left, right),
              Map.of("axis", 2L),
              in,
              constant(NdArray.indices(first, shape[2] - first)));
      String changed = unary(parts.get(0));
      add("Concat", shape, Map.of("axis", -1L), parts.get(1), changed);
    }

    private void attention(String in) {
      int[] shape = shapes.get(in);
      int[] turned = {shape[0], shape[2], shape[1]};
      int[] square = {shape[0], shape[1], shape[1]};
      String keys = add("Transpose", turned, Map.of("perm", new long[] {0, 2, 1}), in);
      String scores = add("MatMul", square, Map.of(), in, keys);
      String masked = add("Add", square, Map.of(), scores, numbers(shape[1], shape[1]));
      String weights = add("Softmax", square, Map.of(), masked);
      add("MatMul", shape, Map.of(), weights, in);
    }

    /** The sum of all values, each squeezed, so that every node counts. */
    Plan plan() {
      List<String> sums = new ArrayList<>();
      for (String value : List.copyOf(values)) {
        String squeezed = add("Tanh", shapes.get(value), Map.of(), value);
        sums.add(add("ReduceSum", new int[0], Map.of("keepdims", 0L), squeezed));
      }
      String score = add("Sum", new int[0], Map.of(), sums.toArray(String[]::new));
      GraphProto graph =
          new GraphProto(
              "g",
              nodes,
              constants,
              List.of(new ValueProto("x", ElementType.DOUBLE, null)),
              List.of(new ValueProto(score, ElementType.DOUBLE, null)));
      return Plan.of(new ModelProto(Map.of("", 24L), graph), Operators::of, Precision.DOUBLE);
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theGradientAgreesWithDifferences(int seed) {
    Random random = new Random(seed);
    int[] shape = {1 + random.nextInt(2), 2 + random.nextInt(2), 2 + random.nextInt(3)};
    Growing growing = new Growing(random, shape);
    while (growing.nodes.size() < NODES) {
      growing.grow();
    }
    Plan plan = growing.plan();
    String score = plan.outputs().get(0).name();
    double[] x = random.doubles(Shapes.size(shape), -1, 1).toArray();
    double[] gradient = run(plan, x, shape).gradient(score, new double[] {1}, List.of("x")).get(0);
    double scale = Arrays.stream(gradient).map(Math::abs).reduce(1, Math::max);
    for (int i = 0; i < x.length; i++) {
      double near = score(plan, score, x, i, STEP, shape) - score(plan, score, x, i, -STEP, shape);
      double far =
          score(plan, score, x, i, 2 * STEP, shape) - score(plan, score, x, i, -2 * STEP, shape);
      // of fourth order: norms bend
      double difference = (8 * near - far) / (12 * STEP);
      double error = Math.abs(difference - gradient[i]) / scale;
      assertThat(error).as("element %s", i).isLessThan(1e-6);
    }
  }

  private static double score(
      Plan plan, String score, double[] x, int i, double step, int[] shape) {
    double[] moved = x.clone();
    moved[i] += step;
    return run(plan, moved, shape).value(score).doubles()[0];
  }

  private static Trace run(Plan plan, double[] x, int[] shape) {
    return plan.run(Map.of("x", NdArray.of(ElementType.DOUBLE, x, shape)));
  }
}
