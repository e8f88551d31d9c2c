package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs within nodes, and what they take from around them. */
class SubgraphTest {
  private static NodeProto node(String operator, String out, List<String> in) {
    return new NodeProto("", operator, "", in, List.of(out), Map.of());
  }

  private static ValueProto value(String name) {
    return new ValueProto(name, null, null);
  }

  private static GraphProto graph(List<ValueProto> in, List<String> out, NodeProto... nodes) {
    return new GraphProto(
        "g", List.of(nodes), Map.of(), in, out.stream().map(SubgraphTest::value).toList());
  }

  private static NodeProto with(
      String operator, List<String> in, List<String> out, Map<String, GraphProto> graphs) {
    Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    graphs.forEach((name, graph) -> attributes.put(name, new AttributeProto(name, graph)));
    return new NodeProto("inner", operator, "", in, out, attributes);
  }

  private static Plan plan(List<ValueProto> in, List<String> out, NodeProto... nodes) {
    GraphProto graph = graph(in, out, nodes);
    return Plan.of(new ModelProto(Map.of("", 17L), graph), Operators::of, Precision.DOUBLE);
  }

  private static NdArray number(double value) {
    return NdArray.scalar(ElementType.DOUBLE, value);
  }

  private static NdArray holds(boolean value) {
    return NdArray.of(ElementType.BOOL, new long[] {value ? 1 : 0});
  }

  /** {@code c ? a + b : (d ? b : a b)}: the inner graphs share and differ in what they take. */
  private static Plan choice() {
    GraphProto inner =
        graph(
            List.of(),
            List.of("w"),
            with(
                "If",
                List.of("d"),
                List.of("w"),
                Map.of(
                    "then_branch",
                        graph(List.of(), List.of("s"), node("Identity", "s", List.of("b"))),
                    "else_branch",
                        graph(List.of(), List.of("t"), node("Mul", "t", List.of("a", "b"))))));
    GraphProto sum = graph(List.of(), List.of("u"), node("Add", "u", List.of("a", "b")));
    Map<String, GraphProto> branches = new LinkedHashMap<>();
    branches.put("then_branch", sum);
    branches.put("else_branch", inner);
    return plan(
        List.of(value("a"), value("b"), value("c"), value("d")),
        List.of("y"),
        with("If", List.of("c"), List.of("y"), branches));
  }

  @Test
  void ifTakesOneOfTwoGraphs() {
    assertThat(chosen(true, true)).isEqualTo(8);
    assertThat(chosen(false, true)).isEqualTo(5);
    assertThat(chosen(false, false)).isEqualTo(15);
  }

  private static double chosen(boolean c, boolean d) {
    Map<String, NdArray> given =
        Map.of("a", number(3), "b", number(5), "c", holds(c), "d", holds(d));
    return choice().run(given).value("y").doubles()[0];
  }

  @Test
  void aPathThroughIfIsRefusedByItsName() {
    Map<String, NdArray> given =
        Map.of("a", number(3), "b", number(5), "c", holds(true), "d", holds(true));
    assertThatThrownBy(() -> choice().run(given).gradient("y", new double[1], List.of("a")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node \"inner\" (If)");
  }

  /** {@code s <- s f}, as long as it is below 20, and each s; f is from around. */
  @Test
  void loopCarriesAndStacks() {
    GraphProto body =
        graph(
            List.of(value("i"), value("goes"), value("s")),
            List.of("below", "t", "each"),
            node("Mul", "t", List.of("s", "f")),
            node("Identity", "each", List.of("t")),
            node("Less", "below", List.of("t", "limit")));
    Plan plan =
        plan(
            List.of(value("times"), value("start"), value("f"), value("limit")),
            List.of("end", "all"),
            with(
                "Loop",
                List.of("times", "", "start"),
                List.of("end", "all"),
                Map.of("body", body)));
    Map<String, NdArray> given = new HashMap<>();
    given.put("times", NdArray.of(ElementType.INT64, new long[] {10}));
    given.put("start", number(1));
    given.put("f", number(3));
    given.put("limit", number(20));
    assertThat(plan.run(given).value("end").doubles()).containsExactly(27);
    assertThat(plan.run(given).value("all").doubles()).containsExactly(3, 9, 27);
    given.put("times", NdArray.of(ElementType.INT64, new long[] {2}));
    assertThat(plan.run(given).value("end").doubles()).containsExactly(9);
    given.put("times", NdArray.of(ElementType.INT64, new long[] {Long.MAX_VALUE}));
    given.put("limit", number(Double.POSITIVE_INFINITY));
    given.put("f", number(1));
    assertThatThrownBy(() -> plan.run(given))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node \"inner\" (Loop)");
  }
}
