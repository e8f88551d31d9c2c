package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Graphs that are written well and mean something impossible: refused with a line, in little
 * memory.
 */
class HostileGraphsTest {
  private static final long HUGE = 1L << 40;
  private static final NdArray ONE = NdArray.of(ElementType.FLOAT, new double[] {1}, 1);

  private static NodeProto node(String name, String output, String... inputs) {
    return new NodeProto(name, "Sum", "", List.of(inputs), List.of(output), Map.of());
  }

  private static Plan plan(NodeProto... nodes) {
    GraphProto graph =
        new GraphProto(
            "g",
            List.of(nodes),
            Map.of(),
            List.of(new ValueProto("x", ElementType.FLOAT, null)),
            List.of(new ValueProto("y", null, null)));
    return Plan.of(new ModelProto(Map.of("", 17L), graph), Operators::of, Precision.DOUBLE);
  }

  @Test
  void valuesThatNeedThemselves() {
    for (NodeProto[] circle :
        List.of(
            new NodeProto[] {node("self", "y", "x", "y")},
            new NodeProto[] {node("one", "z", "x", "y"), node("two", "y", "z")},
            new NodeProto[] {
              node("one", "a", "c"),
              node("two", "b", "a"),
              node("three", "c", "b"),
              node("four", "y", "x")
            })) {
      assertThatThrownBy(() -> plan(circle))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(circle[0].name())
          .hasMessageContaining("circle");
    }
    assertThat(plan(node("one", "z", "x", "x"), node("two", "y", "z", "x")).size()).isEqualTo(2);
  }

  private static NdArray whole(long number) {
    return NdArray.indices(number).reshaped();
  }

  static List<OneNode> tooLarge() {
    NdArray scalar = whole(HUGE);
    return List.of(
        OneNode.of("Expand").in(ONE).constant(NdArray.indices(HUGE)),
        OneNode.of("Expand").in(ONE).constant(NdArray.indices(1 << 20, 1 << 20)),
        OneNode.of("Expand").in(ONE).constant(NdArray.indices(1L << 32, 1L << 32)),
        OneNode.of("Expand").in(ONE).constant(NdArray.indices(Long.MAX_VALUE, 2)),
        OneNode.of("Tile").in(ONE).constant(NdArray.indices(HUGE)),
        OneNode.of("Tile").in(ONE).constant(NdArray.indices(Integer.MAX_VALUE)),
        OneNode.of("Pad").in(ONE).constant(NdArray.indices(HUGE, HUGE)),
        OneNode.of("Pad").in(ONE).constant(NdArray.indices(Integer.MAX_VALUE, 0)),
        OneNode.of("ConstantOfShape").in(NdArray.indices(HUGE)),
        OneNode.of("ConstantOfShape").in(NdArray.indices(1 << 20, 1 << 20)),
        OneNode.of("Reshape").in(ONE).constant(NdArray.indices(1L << 32, 1L << 32)),
        OneNode.of("Range").in(whole(0)).in(scalar).in(whole(1)),
        OneNode.of("OneHot")
            .in(NdArray.indices(3))
            .constant(scalar)
            .constant(NdArray.of(ElementType.FLOAT, new double[] {0, 1}, 2)));
  }

  @ParameterizedTest
  @MethodSource("tooLarge")
  void resultsLargerThanMemory(OneNode node) {
    assertThatThrownBy(() -> node.plan().run(node.given()))
        .isInstanceOf(InvalidInputException.class)
        .satisfies(e -> assertThat(e.getMessage().lines().count()).isEqualTo(1));
  }
}
