package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.Variants.Variant;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.internal.graph.Layers;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The weights of a graph layer by layer, others in their place, and what besides paths matters. */
class LayersTest {
  private static Variant variant(String name) {
    return Variants.all().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void layersAreModulesFromTheOutputToTheInputs() {
    OnnxModel model = variant("V24").read(true);
    Map<String, List<String>> layers = model.layers("logits");
    assertThat(layers.keySet())
        .containsExactly(
            "head.2", "head.0", "tabular.1", "tabular.0", "encoder.layers.0", "positions", "codes");
    assertThat(layers.get("codes")).containsExactly("codes.weight");
    // of linear layers, whose weights the exporter has renamed
    assertThat(layers.get("encoder.layers.0")).anyMatch(name -> name.startsWith("onnx::MatMul"));
  }

  @Test
  void otherNumbersMakeAnotherModel() {
    Variant variant = variant("V24");
    OnnxModel model = variant.read(true);
    NdArray table = model.tensor("codes.weight");
    double[] half = table.doubles().clone();
    for (int i = 0; i < half.length; i++) {
      half[i] /= 2;
    }
    OnnxModel other =
        model.with(Map.of("codes.weight", NdArray.of(table.type(), half, table.shape())));
    String rows = model.tables("ids").get(0).rows().get(0);
    double[] before = model.run(variant.inputs()).value(rows).doubles();
    double[] after = other.run(variant.inputs()).value(rows).doubles();
    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isEqualTo(before[i] / 2);
    }
    assertThat(other.layers("logits")).isEqualTo(model.layers("logits"));
    assertThat(model.run(variant.inputs()).value("logits").doubles())
        .isNotEqualTo(other.run(variant.inputs()).value("logits").doubles());
  }

  private static NodeProto add(String in, String weight, String out) {
    return new NodeProto("", "Add", "", List.of(in, weight), List.of(out), Map.of());
  }

  private static NdArray numbers(double... values) {
    return NdArray.of(ElementType.FLOAT, values, values.length);
  }

  /** A name that the exporter made up goes with the weight that is used before it, or the first. */
  @Test
  void lostNamesMasksAndWhatIsNotNeeded() {
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    for (String name : List.of("val_1", "net.body.0.bias", "onnx::MatMul_7", "net.head.bias")) {
      tensors.put(name, numbers(1, 2, 3));
    }
    tensors.put("net.mask", numbers(0, -1e9, 0));
    tensors.put("net.infinite", numbers(0, 1, Double.NEGATIVE_INFINITY));
    tensors.put("net.unused", numbers(4, 5, 6));
    List<NodeProto> nodes =
        List.of(
            add("x", "val_1", "a"),
            add("a", "net.body.0.bias", "b"),
            add("b", "onnx::MatMul_7", "c"),
            add("c", "net.mask", "d"),
            add("d", "net.infinite", "e"),
            add("e", "net.head.bias", "y"),
            add("e", "net.unused", "z"));
    GraphProto graph = new GraphProto("g", nodes, tensors, List.of(), List.of());
    Map<String, List<String>> layers = Layers.of(graph, Map.of(), "y");
    assertThat(layers.keySet()).containsExactly("net.head", "net.body.0");
    assertThat(layers.get("net.head")).containsExactly("net.head.bias");
    assertThat(layers.get("net.body.0"))
        .containsExactlyInAnyOrder("val_1", "net.body.0.bias", "onnx::MatMul_7");
  }

  /**
   * Other ids have the same mask, unless there are fewer; rows are given, and so are not needed.
   */
  @Test
  void onlyWhatTheRestOfTheGraphReadsTellsInputsApart() {
    OnnxModel model = variant("V17").read(true);
    List<String> paths = List.of(model.tables("ids").get(0).rows().get(0), "tabular");
    try (Backend backend = Backends.open("ejml")) {
      OnnxFunction function = OnnxFunction.of(model, backend, "logits", paths, true);
      Object rest = rest(function, 1, 4, 5);
      assertThat(rest(function, 1, 6, 7)).isEqualTo(rest);
      assertThat(rest(function, 1, 6, 0)).isNotEqualTo(rest);
      assertThat(rest(function, 1, 6)).isNotEqualTo(rest);
      assertThatThrownBy(() -> function.rest(Map.of()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the input \"ids\" is not given");
    }
  }

  private static Object rest(OnnxFunction function, long... ids) {
    return function.rest(Map.of("ids", NdArray.of(ElementType.INT64, ids, 1, ids.length)));
  }
}
