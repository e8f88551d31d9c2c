package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.ModelProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.internal.format.ValueProto;
import dev.gsig.onnx.internal.graph.Extents;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Precision;
import dev.gsig.onnx.internal.op.Operators;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Shapes with names in them. */
class ExtentsTest {
  private static Plan plan(List<ValueProto> inputs, String output, NodeProto... nodes) {
    Map<String, NdArray> constants =
        Map.of(
            "table", NdArray.of(ElementType.FLOAT, new double[20], 10, 2),
            "flat", NdArray.indices(-1, 2),
            "column-shape", NdArray.indices(-1, 1),
            "one", NdArray.indices(-1));
    ValueProto end = new ValueProto(output, null, null);
    GraphProto graph = new GraphProto("g", List.of(nodes), constants, inputs, List.of(end));
    return Plan.of(new ModelProto(Map.of("", 17L), graph), Operators::of, Precision.DECLARED);
  }

  private static NodeProto node(
      String operator, String out, Map<String, Long> attributes, String... in) {
    Map<String, AttributeProto> all = new HashMap<>();
    attributes.forEach((name, value) -> all.put(name, new AttributeProto(name, value)));
    return new NodeProto("", operator, "", List.of(in), List.of(out), all);
  }

  private static ValueProto ids(String name, String... dims) {
    return new ValueProto(name, ElementType.INT64, List.of(dims));
  }

  @Test
  void extentsAreSumsOfProductsOfNames() {
    Plan plan =
        plan(
            List.of(ids("x", "batch", "n"), ids("more", "batch", "m")),
            "y",
            node("Concat", "all", Map.of("axis", 1L), "x", "more"),
            node("Concat", "twice", Map.of("axis", 1L), "all", "x"),
            node("Gather", "rows", Map.of(), "table", "twice"),
            node("Reshape", "y", Map.of(), "rows", "flat"));
    Map<String, ValueProto> found = Extents.of(plan, Map.of());
    assertThat(found.get("all").dims()).containsExactly("batch", "m + n");
    assertThat(found.get("rows").dims()).containsExactly("batch", "m + 2 n", "2");
    assertThat(found.get("rows").type()).isEqualTo(ElementType.FLOAT);
    assertThat(found.get("y").dims()).containsExactly("batch m + 2 batch n", "2");
  }

  /** An extent that no such sum gives, and one that depends on values, are left open. */
  @Test
  void whatNoFormulaFitsIsLeftOpen() {
    Plan plan =
        plan(
            List.of(ids("x", "n")),
            "y",
            node("Reshape", "column", Map.of(), "x", "column-shape"),
            node("Mul", "square", Map.of(), "x", "column"),
            node("Reshape", "y", Map.of(), "square", "one"));
    assertThat(Extents.of(plan, Map.of()).get("y").dims()).containsExactly("");
    assertThat(Extents.of(plan, Map.of()).get("square").dims()).containsExactly("n", "n");
  }

  @Test
  void aLengthIsBoundedWhereTheModelIs() {
    Plan plan = plan(List.of(ids("x", "4", "n")), "y", node("Gather", "y", Map.of(), "table", "x"));
    assertThat(Extents.of(plan, Map.of("n", 3)).get("y").dims()).containsExactly("4", "n", "2");
  }
}
