package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Trace;
import dev.gsig.onnx.internal.op.Operators;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient rule of every operator against central differences, in float64. */
class OperatorGradientTest {
  private static final double STEP = 1e-5;
  private static final Random RANDOM = new Random(23);

  /** Operators whose results have no gradient. */
  private static final Set<String> WITHOUT =
      Set.of(
          "And",
          "ArgMax",
          "ArgMin",
          "Ceil",
          "Constant",
          "ConstantOfShape",
          "Equal",
          "Floor",
          "Greater",
          "GreaterOrEqual",
          "If",
          "IsInf",
          "IsNaN",
          "Less",
          "LessOrEqual",
          "Loop",
          "NonZero",
          "Not",
          "OneHot",
          "Or",
          "Range",
          "Round",
          "Shape",
          "Sign",
          "Size",
          "Xor");

  private static NdArray normal(int... shape) {
    return values(RANDOM::nextGaussian, shape);
  }

  private static NdArray within(double low, double high, int... shape) {
    return values(() -> low + (high - low) * RANDOM.nextDouble(), shape);
  }

  private static NdArray values(DoubleSupplier supplier, int... shape) {
    double[] values = new double[Shapes.size(shape)];
    Arrays.setAll(values, i -> supplier.getAsDouble());
    return NdArray.of(ElementType.DOUBLE, values, shape);
  }

  private static NdArray whole(int[] shape, long... values) {
    return NdArray.of(ElementType.INT64, values, shape);
  }

  private static NdArray holds(int[] shape, long... values) {
    return NdArray.of(ElementType.BOOL, values, shape);
  }

  private static int[] shape(int... extents) {
    return extents;
  }

  static List<OneNode> cases() {
    List<OneNode> cases = new ArrayList<>();
    for (String name :
        List.of(
            "Abs",
            "Atan",
            "Cos",
            "Cosh",
            "Elu",
            "Erf",
            "Exp",
            "Gelu",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "LeakyRelu",
            "LogSoftmax",
            "Mish",
            "Neg",
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
            "ReduceSumSquare",
            "Relu",
            "Sigmoid",
            "Sin",
            "Sinh",
            "Softmax",
            "Softplus",
            "Swish",
            "Tanh",
            "Transpose",
            "Trilu",
            "Flatten",
            "Dropout")) {
      cases.add(OneNode.of(name).in(normal(2, 3, 2)));
      cases.add(OneNode.of(name).in(normal(3, 1)));
    }
    for (String name : List.of("Log", "Reciprocal", "ReduceLogSum", "Sqrt")) {
      cases.add(OneNode.of(name).in(within(0.5, 2, 2, 3)));
    }
    for (String name : List.of("Acos", "Asin")) {
      cases.add(OneNode.of(name).in(within(-0.9, 0.9, 2, 3)));
    }
    for (String name :
        List.of("ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum")) {
      cases.add(
          OneNode.of(name)
              .with("keepdims", 0L)
              .in(normal(2, 3, 4))
              .constant(NdArray.indices(2, 0)));
    }
    cases.add(OneNode.of("ReduceProd").in(values(() -> 0, 1, 1)));
    cases.add(OneNode.of("ReduceMean", 17).with("axes", new long[] {-1}).in(normal(2, 3)));
    for (String name : List.of("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean")) {
      cases.add(OneNode.of(name).in(normal(2, 3, 4)).in(normal(2, 3, 4)));
      cases.add(OneNode.of(name).in(normal(3, 1)).in(normal(2, 1, 4)));
      cases.add(OneNode.of(name).in(normal()).in(normal(2, 2)));
    }
    cases.add(OneNode.of("Max").in(normal(2, 3)).in(normal(3)).in(normal(2, 1)));
    cases.add(OneNode.of("Mean").in(normal(2, 3)).in(normal(3)).in(normal(2, 1)));
    cases.add(OneNode.of("Pow").in(within(0.5, 2, 2, 3)).in(normal(3)));
    cases.add(OneNode.of("Pow").in(normal(2, 3)).constant(whole(shape(), 2)));
    cases.add(OneNode.of("Pow").in(normal(2, 3)).constant(NdArray.scalar(ElementType.DOUBLE, 3)));
    cases.add(OneNode.of("Mod").with("fmod", 1L).in(normal(2, 3)).in(within(0.4, 0.6, 3)));
    cases.add(OneNode.of("SwiGLU", 28).with("alpha", 1.3).in(normal(2, 3)).in(normal(2, 3)));
    cases.add(OneNode.of("PRelu").in(normal(2, 3)).in(normal(3)));
    cases.add(OneNode.of("Gelu").with("approximate", "tanh").in(normal(2, 3)));
    cases.add(OneNode.of("Swish").with("alpha", 1.7).in(normal(2, 3)));
    cases.add(
        OneNode.of("Clip")
            .in(normal(3, 4))
            .constant(NdArray.scalar(ElementType.DOUBLE, -0.5))
            .constant(NdArray.scalar(ElementType.DOUBLE, 0.5)));
    cases.add(OneNode.of("Clip", 10).with("min", -0.5).in(normal(3, 4)));
    cases.add(
        OneNode.of("Where")
            .constant(holds(shape(3, 1), 1, 0, 1))
            .in(normal(2, 1, 4))
            .in(normal(4)));
    cases.add(OneNode.of("Cast").with("to", 1L).in(normal(2, 3)));
    cases.add(
        OneNode.of("CastLike").in(normal(2, 3)).constant(NdArray.scalar(ElementType.FLOAT, 0)));
    cases.add(OneNode.of("Softmax").with("axis", 1L).in(normal(2, 3, 2)));
    cases.add(OneNode.of("LogSoftmax").with("axis", 0L).in(normal(2, 3, 2)));
    cases.add(OneNode.of("Softmax", 11).in(normal(2, 3, 2)));
    cases.add(OneNode.of("Reshape").in(normal(2, 3, 4)).constant(NdArray.indices(0, -1, 2)));
    cases.add(OneNode.of("Squeeze").in(normal(2, 1, 3)).constant(NdArray.indices(1)));
    cases.add(OneNode.of("Unsqueeze").in(normal(2, 3)).constant(NdArray.indices(0, -1)));
    cases.add(OneNode.of("Transpose").with("perm", new long[] {1, 2, 0}).in(normal(2, 3, 4)));
    cases.add(OneNode.of("Expand").in(normal(3, 1)).constant(NdArray.indices(2, 1, 4)));
    cases.add(OneNode.of("Tile").in(normal(2, 3)).constant(NdArray.indices(2, 3)));
    cases.add(
        OneNode.of("Slice")
            .in(normal(4, 5))
            .constant(NdArray.indices(3, -4))
            .constant(NdArray.indices(-9, 5))
            .constant(NdArray.indices(0, 1))
            .constant(NdArray.indices(-2, 1)));
    for (String mode : List.of("constant", "reflect", "edge", "wrap")) {
      cases.add(
          OneNode.of("Pad")
              .with("mode", mode)
              .in(normal(3, 4))
              .constant(NdArray.indices(1, 2, 2, 0)));
    }
    cases.add(OneNode.of("Gather").in(normal(5, 3)).constant(whole(shape(2, 2), 1, -1, 1, 0)));
    cases.add(
        OneNode.of("Gather").with("axis", 1L).in(normal(2, 4, 3)).constant(whole(shape(2), 3, 3)));
    cases.add(
        OneNode.of("GatherElements")
            .with("axis", 1L)
            .in(normal(2, 3))
            .constant(whole(shape(2, 2), 0, -1, 2, 2)));
    cases.add(OneNode.of("GatherND").in(normal(2, 3, 2)).constant(whole(shape(2, 2), 0, 1, 1, 1)));
    cases.add(
        OneNode.of("Scatter", 10)
            .in(normal(3, 2))
            .constant(whole(shape(1, 2), 2, 1))
            .in(normal(1, 2)));
    for (String reduction : List.of("none", "add")) {
      cases.add(
          OneNode.of("ScatterElements")
              .with("reduction", reduction)
              .in(normal(3, 2))
              .constant(whole(shape(2, 2), 0, 1, 0, 2))
              .in(normal(2, 2)));
      cases.add(
          OneNode.of("ScatterND")
              .with("reduction", reduction)
              .in(normal(4, 2))
              .constant(whole(shape(3, 1), 0, 2, 0))
              .in(normal(3, 2)));
    }
    cases.add(
        OneNode.of("Concat")
            .with("axis", 1L)
            .in(normal(2, 1, 2))
            .in(normal(2, 3, 2))
            .in(normal(2, 2, 2)));
    cases.add(
        OneNode.of("Split")
            .with("axis", 1L)
            .outputs(2)
            .in(normal(2, 5))
            .constant(NdArray.indices(2, 3)));
    cases.add(OneNode.of("TopK").outputs(2).in(normal(2, 5)).constant(NdArray.indices(3)));
    cases.add(
        OneNode.of("CumSum").with("exclusive", 1L).in(normal(2, 4)).constant(whole(shape(), 1)));
    cases.add(
        OneNode.of("CumSum").with("reverse", 1L).in(normal(3, 2)).constant(whole(shape(), 0)));
    cases.add(OneNode.of("MatMul").in(normal(2, 1, 3, 4)).in(normal(3, 4, 2)));
    cases.add(OneNode.of("MatMul").in(normal(4)).in(normal(2, 4, 3)));
    cases.add(OneNode.of("MatMul").in(normal(2, 3, 4)).in(normal(4)));
    cases.add(
        OneNode.of("Gemm")
            .with("alpha", 0.7)
            .with("beta", -0.4)
            .with("transA", 1L)
            .with("transB", 1L)
            .in(normal(3, 2))
            .in(normal(4, 3))
            .in(normal(4)));
    for (String equation : List.of("bij,bkj->bik", "...ij,...jk", "ij,jk,kl->il", "ii,i->")) {
      OneNode einsum = OneNode.of("Einsum").with("equation", equation);
      for (String term : equation.replaceFirst("->.*", "").split(",")) {
        einsum.in(normal(term.replace("...", "b").chars().map(c -> c == 'b' ? 2 : 3).toArray()));
      }
      cases.add(einsum);
    }
    cases.add(
        OneNode.of("LayerNormalization")
            .outputs(3)
            .in(normal(2, 3, 4))
            .in(normal(4))
            .in(normal(4)));
    cases.add(
        OneNode.of("LayerNormalization").with("axis", 1L).in(normal(2, 3, 2)).in(normal(3, 2)));
    cases.add(OneNode.of("RMSNormalization").in(normal(2, 3, 4)).in(normal(4)));
    cases.add(
        OneNode.of("BatchNormalization")
            .in(normal(2, 3, 2))
            .in(normal(3))
            .in(normal(3))
            .constant(normal(3))
            .constant(within(0.5, 2, 3)));
    cases.add(
        OneNode.of("Conv")
            .with("pads", new long[] {1, 0})
            .with("strides", new long[] {2})
            .with("group", 2L)
            .in(normal(2, 4, 5))
            .in(normal(2, 2, 3))
            .in(normal(2)));
    cases.add(
        OneNode.of("Conv")
            .with("auto_pad", "SAME_LOWER")
            .with("dilations", new long[] {1, 2})
            .in(normal(1, 2, 4, 5))
            .in(normal(2, 2, 2, 2)));
    for (long interleaved = 0; interleaved < 2; interleaved++) {
      cases.add(
          OneNode.of("RotaryEmbedding")
              .with("interleaved", interleaved)
              .in(normal(2, 2, 3, 4))
              .constant(normal(5, 2))
              .constant(normal(5, 2))
              .constant(whole(shape(2, 3), 0, 1, 2, 4, 3, 0)));
    }
    attention(cases);
    recurrent(cases);
    return cases;
  }

  private static void attention(List<OneNode> cases) {
    cases.add(
        OneNode.of("Attention")
            .in(normal(2, 2, 3, 4))
            .in(normal(2, 2, 5, 4))
            .in(normal(2, 2, 5, 3)));
    cases.add(
        OneNode.of("Attention")
            .with("q_num_heads", 4L)
            .with("kv_num_heads", 2L)
            .with("softcap", 1.5)
            .with("is_causal", 1L)
            .in(normal(2, 3, 8))
            .in(normal(2, 3, 4))
            .in(normal(2, 3, 6))
            .in(normal(4, 1, 3)));
    for (long shown = 0; shown < 4; shown++) {
      cases.add(
          OneNode.of("Attention", 23)
              .with("qk_matmul_output_mode", shown)
              .with("softcap", 2.0)
              .outputs(4)
              .in(normal(1, 2, 2, 2))
              .in(normal(1, 1, 2, 2))
              .in(normal(1, 1, 2, 3))
              .in(normal(2, 4))
              .in(normal(1, 1, 2, 2))
              .in(normal(1, 1, 2, 3)));
    }
    // the second row sees nothing
    cases.add(
        OneNode.of("Attention")
            .in(normal(1, 1, 2, 2))
            .in(normal(1, 1, 3, 2))
            .in(normal(1, 1, 3, 2))
            .constant(holds(shape(2, 2), 1, 0, 0, 0)));
  }

  private static void recurrent(List<OneNode> cases) {
    Map<String, Integer> gates = Map.of("RNN", 1, "GRU", 3, "LSTM", 4);
    for (String name : List.of("RNN", "GRU", "LSTM")) {
      int rows = gates.get(name) * 3;
      int outputs = name.equals("LSTM") ? 3 : 2;
      cases.add(OneNode.of(name).in(normal(3, 2, 2)).in(normal(1, rows, 2)).in(normal(1, rows, 3)));
      OneNode both =
          OneNode.of(name)
              .with("direction", "bidirectional")
              .with("layout", 1L)
              .outputs(outputs)
              .in(normal(2, 3, 2))
              .in(normal(2, rows, 2))
              .in(normal(2, rows, 3))
              .in(normal(2, 2 * rows))
              .constant(NdArray.of(ElementType.INT32, new long[] {3, 1}, 2))
              .in(normal(2, 2, 3));
      if (name.equals("LSTM")) {
        both.in(normal(2, 2, 3)).in(normal(2, 9));
      }
      cases.add(both);
    }
    cases.add(
        OneNode.of("GRU")
            .with("direction", "reverse")
            .with("linear_before_reset", 1L)
            .in(normal(3, 2, 2))
            .in(normal(1, 9, 2))
            .in(normal(1, 9, 3))
            .in(normal(1, 18)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theRuleAgreesWithDifferences(OneNode node) {
    Plan plan = node.plan();
    Trace trace = plan.run(node.given());
    for (String output : node.outputNames()) {
      if (trace.value(output).type().isFloating()) {
        double[] weights = normal(trace.value(output).size()).doubles();
        List<String> paths = List.copyOf(node.given().keySet());
        List<double[]> gradients = trace.gradient(output, weights, paths);
        for (int k = 0; k < paths.size(); k++) {
          double[] expected = differences(plan, node.given(), paths.get(k), output, weights);
          assertThat(distance(gradients.get(k), expected)).as(paths.get(k)).isLessThan(1e-6);
        }
      }
    }
  }

  private static double[] differences(
      Plan plan, Map<String, NdArray> given, String path, String output, double[] weights) {
    NdArray x = given.get(path);
    double[] slopes = new double[x.size()];
    for (int i = 0; i < slopes.length; i++) {
      double above = score(plan, given, path, moved(x, i, STEP), output, weights);
      double below = score(plan, given, path, moved(x, i, -STEP), output, weights);
      slopes[i] = (above - below) / (2 * STEP);
    }
    return slopes;
  }

  private static NdArray moved(NdArray x, int i, double step) {
    double[] values = x.doubles().clone();
    values[i] += step;
    return NdArray.of(x.type(), values, x.shape());
  }

  private static double score(
      Plan plan, Map<String, NdArray> given, String path, NdArray x, String output, double[] w) {
    Map<String, NdArray> changed = new HashMap<>(given);
    changed.put(path, x);
    double[] y = plan.run(changed).value(output).doubles();
    return IntStream.range(0, y.length).mapToDouble(i -> y[i] * w[i]).sum();
  }

  /** The largest difference, relative to the largest slope if that is above 1. */
  private static double distance(double[] found, double[] expected) {
    assertThat(found.length).isEqualTo(expected.length);
    double scale = Arrays.stream(expected).map(Math::abs).reduce(1, Math::max);
    return IntStream.range(0, found.length)
        .mapToDouble(i -> Math.abs(found[i] - expected[i]) / scale)
        .reduce(0, Math::max); // NaN stays
  }

  @Test
  void everyOperatorIsChecked() {
    Set<String> checked = new TreeSet<>(WITHOUT);
    cases().forEach(node -> checked.add(node.operator()));
    assertThat(checked).isEqualTo(Operators.names());
  }
}
