package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.gsig.ehr.InvalidInputException;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which paths have a gradient, and what a graph is refused for. */
class PathTest {
  private static NodeProto node(String name, String operator, List<String> in, List<String> out) {
    return new NodeProto(name, operator, "", in, out, Map.of());
  }

  private static ValueProto value(String name) {
    return new ValueProto(name, ElementType.DOUBLE, List.of("n"));
  }

  private static Plan plan(List<ValueProto> outputs, NodeProto... nodes) {
    GraphProto graph =
        new GraphProto("g", List.of(nodes), Map.of(), List.of(value("x"), value("z")), outputs);
    return Plan.of(new ModelProto(Map.of("", 17L), graph), Operators::of, Precision.DOUBLE);
  }

  private static Trace run(Plan plan) {
    NdArray x = NdArray.of(ElementType.DOUBLE, new double[] {0.5, 2}, 2);
    return plan.run(Map.of("x", x, "z", x));
  }

  @Test
  void gradientsOfSeveralUsesAddUp() {
    // y = x exp(x) + x
    Plan plan =
        plan(
            List.of(value("y")),
            node("a", "Exp", List.of("x"), List.of("e")),
            node("b", "Mul", List.of("x", "e"), List.of("p")),
            node("c", "Add", List.of("p", "x"), List.of("y")));
    double[] g = run(plan).gradient("y", new double[] {1, 3}, List.of("x")).get(0);
    assertThat(g[0]).isCloseTo(1.5 * Math.exp(0.5) + 1, offset(1e-12));
    assertThat(g[1]).isCloseTo(3 * (3 * Math.exp(2) + 1), offset(1e-12));
  }

  @Test
  void aValueBetweenStandsForWhatComputesIt() {
    Plan plan =
        plan(
            List.of(value("y")),
            node("a", "Exp", List.of("x"), List.of("e")),
            node("b", "Mul", List.of("e", "e"), List.of("y")));
    NdArray e = NdArray.of(ElementType.DOUBLE, new double[] {3, 4}, 2);
    Trace trace = plan.run(Map.of("e", e));
    assertThat(trace.value("y").doubles()).containsExactly(9, 16);
    assertThat(trace.gradient("y", new double[] {1, 1}, List.of("e")).get(0)).containsExactly(6, 8);
  }

  @Test
  void aPathThatEndsAtANodeWithoutGradientIsRefusedByTheNodesName() {
    Plan plan =
        plan(
            List.of(value("y")),
            node("a", "Neg", List.of("x"), List.of("n")),
            node("steps", "Floor", List.of("n"), List.of("f")),
            node("c", "Add", List.of("f", "z"), List.of("y")));
    assertThatThrownBy(() -> run(plan).gradient("y", new double[2], List.of("z", "x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("\"x\"")
        .hasMessageContaining("node \"steps\" (Floor)");
    assertThat(run(plan).gradient("y", new double[] {1, 1}, List.of("z")).get(0))
        .containsExactly(1, 1);
  }

  @Test
  void aPathThatLeadsNowhereIsRefused() {
    Plan plan =
        plan(
            List.of(value("y"), value("w")),
            node("a", "Neg", List.of("x"), List.of("y")),
            node("b", "Neg", List.of("z"), List.of("w")));
    assertThatThrownBy(() -> run(plan).gradient("y", new double[2], List.of("z")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does not depend on \"z\"");
  }

  @Test
  void circlesUnknownOperatorsAndUnknownAttributesAreNamed() {
    List<ValueProto> y = List.of(value("y"));
    assertThatThrownBy(
            () ->
                plan(
                    y,
                    node("first", "Neg", List.of("b"), List.of("a")),
                    node("second", "Neg", List.of("a"), List.of("b")),
                    node("third", "Neg", List.of("a"), List.of("y"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node \"first\" (Neg)")
        .hasMessageContaining("circle");
    assertThatThrownBy(() -> plan(y, node("n", "Frobnicate", List.of("x"), List.of("y"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node \"n\" (Frobnicate)");
    assertThatThrownBy(() -> plan(y, node("n", "Neg", List.of("q"), List.of("y"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("\"q\"");
    assertThatThrownBy(() -> OneNode.of("Softmax").with("colour", 1L).in(x()).plan())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node \"n\" (Softmax)")
        .hasMessageContaining("\"colour\"");
    // an attribute that became an input
    assertThatThrownBy(() -> OneNode.of("Unsqueeze", 13).with("axes", new long[1]).in(x()).plan())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node \"n\" (Unsqueeze)");
  }

  private static NdArray x() {
    return NdArray.of(ElementType.DOUBLE, new double[] {0.5, 2}, 2);
  }

  @Test
  void inputsThatDoNotFitAreNamedWithTheNode() {
    OneNode node = OneNode.of("Add").in(x()).in(NdArray.of(ElementType.DOUBLE, new double[3], 3));
    assertThatThrownBy(() -> node.plan().run(node.given()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node \"n\" (Add)");
  }

  @Test
  void resultsAreRoundedToTheirType() {
    NdArray third = NdArray.of(ElementType.FLOAT, new double[] {1 / 3.0}, 1);
    NodeProto node = node("n", "Identity", List.of("x"), List.of("y"));
    ValueProto x = new ValueProto("x", ElementType.FLOAT, null);
    GraphProto graph =
        new GraphProto("g", List.of(node), Map.of(), List.of(x), List.of(value("y")));
    ModelProto model = new ModelProto(Map.of("", 17L), graph);
    Plan declared = Plan.of(model, Operators::of, Precision.DECLARED);
    Plan exact = Plan.of(model, Operators::of, Precision.DOUBLE);
    assertThat(declared.run(Map.of("x", third)).value("y").doubles()[0]).isEqualTo(1 / 3f);
    assertThat(exact.run(Map.of("x", third)).value("y").doubles()[0]).isEqualTo(1 / 3.0);
  }

  @Test
  void whatDependsOnConstantsAloneIsFolded() {
    NodeProto twice = node("n", "Add", List.of("c", "c"), List.of("d"));
    NodeProto uses = node("m", "Mul", List.of("x", "d"), List.of("y"));
    NdArray c = NdArray.of(ElementType.DOUBLE, new double[] {1.5}, 1);
    GraphProto graph =
        new GraphProto(
            "g", List.of(twice, uses), Map.of("c", c), List.of(value("x")), List.of(value("y")));
    Plan plan = Plan.of(new ModelProto(Map.of("", 17L), graph), Operators::of, Precision.DOUBLE);
    assertThat(plan.size()).isEqualTo(1);
    assertThat(plan.constant("d").doubles()).containsExactly(3);
    assertThatThrownBy(() -> plan.run(Map.of("x", x(), "c", x())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("\"c\" is a constant");
  }
}
