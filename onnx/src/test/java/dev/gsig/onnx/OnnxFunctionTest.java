package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.autodiff.GradientChecker;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.ModelProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Precision;
import dev.gsig.onnx.internal.op.Operators;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a function of a graph takes and gives on a tape. */
class OnnxFunctionTest {
  private static NodeProto node(String operator, List<String> in, String out) {
    return new NodeProto(out, operator, "", in, List.of(out), Map.of());
  }

  private static ValueProto value(String name) {
    return new ValueProto(name, ElementType.DOUBLE, null);
  }

  /** y = tanh(x w) * z + x's floor, where w is [3, 2] and z is on a path or beside it. */
  private static OnnxModel model() {
    NdArray w = NdArray.of(ElementType.DOUBLE, new double[] {0.5, -1, 2, 0.25, 1, -0.5}, 3, 2);
    GraphProto graph =
        new GraphProto(
            "g",
            List.of(
                node("MatMul", List.of("x", "w"), "p"),
                node("Tanh", List.of("p"), "t"),
                node("Mul", List.of("t", "z"), "m"),
                node("Floor", List.of("u"), "f"),
                node("Add", List.of("m", "f"), "y")),
            Map.of("w", w),
            List.of(value("x"), value("z"), value("u")),
            List.of(value("y")));
    return new OnnxModel(
        "small.onnx",
        Plan.of(new ModelProto(Map.of("", 17L), graph), Operators::of, Precision.DOUBLE));
  }

  private static NdArray array(double[] values, int... shape) {
    return NdArray.of(ElementType.DOUBLE, values, shape);
  }

  private static final NdArray U = array(new double[] {0.5, 1.5}, 2);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theGradientOfAllItemsAgreesWithDifferences(boolean fused) {
    Random random = new Random(1);
    List<double[]> values =
        List.of(random.doubles(24, -1, 1).toArray(), random.doubles(16, -1, 1).toArray());
    try (Backend backend = Backends.open("ejml")) {
      OnnxFunction function = OnnxFunction.of(model(), backend, "y", List.of("x", "z"), fused);
      List<int[]> shapes = List.of(new int[] {1, 2, 3}, new int[] {1, 2, 2});
      double deviation =
          new GradientChecker(backend, 2)
              .worstDeviation(
                  (tape, x) -> function.apply(tape, x, shapes, Map.of("u", U)),
                  List.of(new Shape(4, 2, 3), new Shape(4, 2, 2)),
                  values);
      assertThat(deviation).isLessThan(1e-7);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anItemIsARunOfTheGraph(boolean fused) {
    double[] x = new Random(3).doubles(18, -1, 1).toArray();
    NdArray z = array(new double[] {2, 3}, 2);
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend)) {
      OnnxFunction function = OnnxFunction.of(model(), backend, "y", List.of("x"), fused);
      Variable y =
          function.apply(
              tape,
              List.of(tape.input(new Shape(3, 1, 6), x)),
              List.of(new int[] {2, 3}),
              Map.of("z", z, "u", U));
      assertThat(y.shape()).isEqualTo(new Shape(6, 1, 2));
      for (int item = 0; item < 3; item++) {
        NdArray own = array(Arrays.copyOfRange(x, 6 * item, 6 * item + 6), 2, 3);
        double[] expected = model().run(Map.of("x", own, "z", z, "u", U)).value("y").doubles();
        double[] found = Arrays.copyOfRange(y.values(), 4 * item, 4 * item + 4);
        assertThat(found).containsExactly(expected, org.assertj.core.data.Offset.offset(1e-15));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsMissingOrDoesNotFitIsNamed(boolean fused) {
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend)) {
      OnnxFunction function = OnnxFunction.of(model(), backend, "y", List.of("x"), fused);
      Variable x = tape.input(new Shape(1, 2, 3), new double[6]);
      assertThatThrownBy(
              () -> function.apply(tape, List.of(x), List.of(new int[] {2, 3}), Map.of("u", U)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("small.onnx: the input \"z\" is not given");
      assertThatThrownBy(
              () ->
                  function.apply(
                      tape, List.of(x), List.of(new int[] {3, 2}), Map.of("u", U, "z", U)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("small.onnx: node \"p\" (MatMul): ");
      assertThatThrownBy(
              () -> function.apply(tape, List.of(x), List.of(new int[] {4}), Map.of("u", U)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("6 elements do not hold values of the shape [4]");
      assertThatThrownBy(() -> OnnxFunction.of(model(), backend, "q", List.of("x"), fused))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("small.onnx: there is no value \"q\" in the graph");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPathWithoutGradientIsRefusedByTheNodesName(boolean fused) {
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend)) {
      OnnxFunction function = OnnxFunction.of(model(), backend, "y", List.of("x", "u"), fused);
      List<Variable> paths =
          List.of(
              tape.input(new Shape(1, 2, 3), new double[6]),
              tape.input(new Shape(1, 2, 2), new double[4]));
      assertThatThrownBy(
              () ->
                  tape.backward(
                      function.apply(
                          tape, paths, List.of(new int[] {2, 3}, new int[] {2, 2}), Map.of("z", U)),
                      backend.upload(new Shape(2, 1, 2), new double[4])))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("no gradient of \"y\" reaches \"u\": node \"f\" (Floor)");
    }
  }
}
