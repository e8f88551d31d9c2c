package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
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
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Graphs of twenty nodes and more by chance: broadcasting, residuals, splits, gathers, masks,
 * norms, activations and attention, as operators and as exporters write them. Their gradients
 * against central differences, in float64; and what is fused in them against the graph as it
 * stands.
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
    private final Map<String, int[]> shapes = new LinkedHashMap<>();

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
      out.stream().filter(name -> shapes.get(name).length == 3).forEach(values::add);
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
      switch (random.nextInt(18)) {
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
        case 11 -> attention(in);
        case 12 -> linear(in);
        case 13 -> norm(in, random.nextBoolean());
        case 14 -> gelu(in);
        case 15 -> {
          String gate = add("Sigmoid", shape, Map.of(), in);
          add("Mul", shape, Map.of(), in, gate);
        }
        case 16 -> rotated(in);
        default -> heads(in);
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

    private String number(double value) {
      return constant(NdArray.scalar(ElementType.DOUBLE, value));
    }

    private String linear(String in) {
      int[] to = shapes.get(in).clone();
      to[2] = 2 + random.nextInt(3);
      String product = add("MatMul", to, Map.of(), in, numbers(shapes.get(in)[2], to[2]));
      return random.nextBoolean()
          ? add("Add", to, Map.of(), product, numbers(to[2]))
          : add("Add", to, Map.of(), numbers(to[2]), product);
    }

    /** A layer norm, or a root-mean-square norm, as exported before they were operators. */
    private void norm(String in, boolean centred) {
      int[] shape = shapes.get(in);
      int[] reduced = {shape[0], shape[1], 1};
      Map<String, Object> keep = Map.of("keepdims", 1L);
      String axes = constant(NdArray.indices(-1));
      String c = in;
      if (centred) {
        String mean = add("ReduceMean", reduced, keep, in, axes);
        c = add("Sub", shape, Map.of(), in, mean);
      }
      String square = add("Pow", shape, Map.of(), c, number(random.nextInt(4) == 0 ? 4 : 2));
      String variance = add("ReduceMean", reduced, keep, square, axes);
      String sum = add("Add", reduced, Map.of(), variance, number(0.5));
      String root = add("Sqrt", reduced, Map.of(), sum);
      String y = add("Div", shape, Map.of(), c, root);
      String scaled = add("Mul", shape, Map.of(), y, numbers(shape[2]));
      if (random.nextBoolean()) {
        add("Add", shape, Map.of(), scaled, numbers(shape[2]));
      }
    }

    private void gelu(String in) {
      int[] shape = shapes.get(in);
      String z =
          add("Mul", shape, Map.of(), in, number(random.nextBoolean() ? Math.sqrt(0.5) : 0.6));
      String erf = add("Erf", shape, Map.of(), z);
      String gate = add("Add", shape, Map.of(), erf, number(random.nextInt(4) == 0 ? 0.9 : 1));
      String half = add("Mul", shape, Map.of(), random.nextBoolean() ? in : gate, number(0.5));
      String other = nodes.get(nodes.size() - 1).inputs().get(0).equals(in) ? gate : in;
      add("Mul", shape, Map.of(), half, other);
    }

    /** Rotary positions of one head, of halves or of neighbours. */
    private String rotated(String in) {
      int[] shape = shapes.get(in).clone();
      shape[2] = 4;
      String x = add("MatMul", shape, Map.of(), in, numbers(shapes.get(in)[2], 4));
      int[] half = {shape[0], shape[1], 2};
      String axis = constant(NdArray.indices(2));
      String first =
          add(
              "Slice",
              half,
              Map.of(),
              x,
              constant(NdArray.indices(0)),
              constant(NdArray.indices(2)),
              axis);
      String second =
          add(
              "Slice",
              half,
              Map.of(),
              x,
              constant(NdArray.indices(2)),
              constant(NdArray.indices(4)),
              axis);
      String negative = add("Neg", half, Map.of(), second);
      String turned = add("Concat", shape, Map.of("axis", 2L), negative, first);
      boolean isRotation = random.nextInt(4) > 0;
      String cos = add("Mul", shape, Map.of(), x, angles(shape[1], true, isRotation));
      String sin = add("Mul", shape, Map.of(), turned, angles(shape[1], false, isRotation));
      return add("Add", shape, Map.of(), cos, sin);
    }

    private String angles(int rows, boolean cos, boolean bothHalves) {
      double[] values = new double[rows * 4];
      for (int i = 0; i < values.length; i++) {
        double angle = (i / 4) / (1.0 + i % (bothHalves ? 2 : 4));
        values[i] = cos ? Math.cos(angle) : Math.sin(angle);
      }
      return constant(NdArray.of(ElementType.DOUBLE, values, rows, 4));
    }

    /**
     * Two heads of queries on keys and values of two heads or one, with a mask or something else.
     */
    private void heads(String in) {
      int[] shape = shapes.get(in);
      int b = shape[0];
      int n = shape[1];
      boolean packed = random.nextBoolean();
      int[] wide = {b, n, 4};
      String q = add("MatMul", wide, Map.of(), in, numbers(shape[2], 4));
      String k =
          random.nextBoolean()
              ? rotated(in)
              : add("MatMul", wide, Map.of(), in, numbers(shape[2], 4));
      String v = add("MatMul", wide, Map.of(), in, numbers(shape[2], 4));
      if (packed) {
        int[] all = {b, n, 12};
        String qkv = add("MatMul", all, Map.of(), in, numbers(shape[2], 12));
        List<String> parts =
            add(
                "Split",
                List.of(wide, wide, wide),
                Map.of("axis", 2L),
                qkv,
                constant(NdArray.indices(4, 4, 4)));
        q = parts.get(0);
        k = parts.get(1);
        v = parts.get(2);
      }
      String to = constant(NdArray.indices(0, 0, 2, 2));
      int[] split = {b, n, 2, 2};
      int[] heads = {b, 2, n, 2};
      Map<String, Object> perm = Map.of("perm", new long[] {0, 2, 1, 3});
      String qh = add("Transpose", heads, perm, add("Reshape", split, Map.of(), q, to));
      String kh =
          add(
              "Transpose",
              new int[] {b, 2, 2, n},
              Map.of("perm", new long[] {0, 2, 3, 1}),
              add("Reshape", split, Map.of(), k, to));
      String vh = add("Transpose", heads, perm, add("Reshape", split, Map.of(), v, to));
      int[] square = {b, 2, n, n};
      String scores = add("MatMul", square, Map.of(), qh, kh);
      String scaled = add("Div", square, Map.of(), scores, number(1.5));
      // over the queries a hidden key would be one of equals, whose gradients differences do not
      // see
      boolean overKeys = random.nextInt(5) > 0;
      String masked =
          add("Add", square, Map.of(), scaled, mask(n, overKeys ? random.nextInt(5) : 4));
      String weights = add("Softmax", square, Map.of("axis", overKeys ? -1L : 2L), masked);
      String y = add("MatMul", heads, Map.of(), weights, vh);
      String side = add("Transpose", split, perm, y);
      add("Reshape", wide, Map.of(), side, constant(NdArray.indices(0, 0, 4)));
    }

    private String mask(int n, int kind) {
      double[] values = new double[n * n];
      for (int i = 0; i < values.length; i++) {
        int query = i / n;
        int key = i % n;
        boolean hides =
            switch (kind) {
              case 0 -> key > query;
              case 1 -> key == n - 1;
              case 2 -> key == 0 && query > 0;
              case 3 -> Math.abs(key - query) > 1;
              default -> false;
            };
        values[i] =
            hides ? (random.nextInt(8) == 0 ? -1 : -3.4e38) : kind == 4 ? random.nextDouble() : 0;
      }
      return constant(NdArray.of(ElementType.DOUBLE, values, n, n));
    }

    /** The sum of all values, each squeezed, so that every node counts. */
    Plan plan() {
      return plan(List.copyOf(shapes.keySet()));
    }

    /** The sum of what no node takes, so that what is between can be fused. */
    Plan planOfEnds() {
      Set<String> taken = new HashSet<>();
      nodes.forEach(node -> taken.addAll(node.inputs()));
      return plan(shapes.keySet().stream().filter(value -> !taken.contains(value)).toList());
    }

    private Plan plan(List<String> ends) {
      List<String> sums = new ArrayList<>();
      for (String value : ends) {
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

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsFusedGivesTheSame(int seed) {
    Random random = new Random(seed);
    int[] shape = {1 + random.nextInt(2), 2 + random.nextInt(2), 2 + random.nextInt(3)};
    Growing growing = new Growing(random, shape);
    while (growing.nodes.size() < NODES) {
      growing.grow();
    }
    OnnxModel model = new OnnxModel("random", growing.planOfEnds());
    double[] x = random.doubles(2 * Shapes.size(shape), -1, 1).toArray();
    try (Backend ejml = Backends.open("ejml");
        Backend simd = Backends.open("simd")) {
      double[][] expected = valueAndGradient(model, ejml, x, shape, false);
      requireClose(valueAndGradient(model, ejml, x, shape, true), expected, 1e-9);
      requireClose(valueAndGradient(model, simd, x, shape, true), expected, 1e-4);
    }
  }

  private static void requireClose(double[][] found, double[][] expected, double tolerance) {
    for (int k = 0; k < expected.length; k++) {
      double scale = Arrays.stream(expected[k]).map(Math::abs).reduce(1, Math::max);
      for (int i = 0; i < expected[k].length; i++) {
        double error = Math.abs(found[k][i] - expected[k][i]) / scale;
        assertThat(error).as("element %s of %s", i, k).isLessThan(tolerance);
      }
    }
  }

  /** The scores of two runs, and the gradient of their sum. */
  private static double[][] valueAndGradient(
      OnnxModel model, Backend backend, double[] x, int[] shape, boolean fused) {
    String score = model.outputs().get(0).name();
    OnnxFunction function = OnnxFunction.of(model, backend, score, List.of("x"), fused);
    try (Tape tape = new Tape(backend)) {
      Variable in = tape.input(new Shape(2 * shape[0], shape[1], shape[2]), x);
      Variable y = function.apply(tape, List.of(in), List.of(shape), Map.of());
      double[] values = y.values();
      Tensor ones = backend.upload(y.shape(), new double[] {1, 1});
      tape.backward(y, ones);
      backend.release(ones);
      return new double[][] {values, in.gradient()};
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
