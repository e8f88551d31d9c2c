package dev.gsig.onnx;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.GraphProto;
import dev.gsig.onnx.internal.format.NodeProto;
import dev.gsig.onnx.internal.format.OnnxFile;
import dev.gsig.onnx.tensor.NdArray;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a model in the ONNX format under the names that they have in a state dict of
 * PyTorch. Exporters keep those names but for the weights of linear layers, which they transpose
 * for a MatMul and call {@code onnx::MatMul_123}: such a one is named after the bias that is added
 * behind it, or else after the module whose name its node bears, and turned back. Of weights that
 * are alike they keep one, and name the others by an Identity.
 */
public final class OnnxWeights {
  private static final String MATMUL = "MatMul";

  private OnnxWeights() {}

  /**
   * Reads weights.
   *
   * @param file a file in the ONNX format
   * @return the tensors of floating types by name, in the file's order
   * @throws InvalidInputException if the file cannot be read or is not sound
   */
  public static Map<String, NdArray> read(Path file) {
    try {
      GraphProto graph = OnnxFile.read(file).graph();
      Map<String, String> transposed = transposed(graph);
      Map<String, NdArray> weights = new LinkedHashMap<>();
      graph
          .initializers()
          .forEach(
              (name, value) -> {
                if (value.type().isFloating()) {
                  String own = transposed.get(name);
                  weights.put(own == null ? name : own, own == null ? value : turned(value));
                }
              });
      for (NodeProto node : graph.nodes()) {
        if (node.operator().equals("Identity") && weights.containsKey(node.inputs().get(0))) {
          weights.put(node.outputs().get(0), weights.get(node.inputs().get(0)));
        }
      }
      return weights;
    } catch (InvalidInputException e) {
      throw OnnxModel.refused(file.toString(), e);
    }
  }

  /** The names in the module of weights that were transposed, by their names in the graph. */
  static Map<String, String> transposed(GraphProto graph) {
    Map<String, String> transposed = new LinkedHashMap<>();
    for (NodeProto node : graph.nodes()) {
      NdArray weight = node.inputs().size() < 2 ? null : graph.initializers().get(second(node));
      if (node.operator().equals(MATMUL) && weight != null && weight.rank() == 2) {
        String name = name(node, graph);
        if (second(node).startsWith("onnx::") && name != null) {
          transposed.put(second(node), name);
        }
      }
    }
    return transposed;
  }

  private static String second(NodeProto node) {
    return node.inputs().get(1);
  }

  /** The name of the weight of a linear layer; null if nothing tells it. */
  private static String name(NodeProto product, GraphProto graph) {
    String output = product.outputs().get(0);
    for (NodeProto node : graph.nodes()) {
      if (node.operator().equals("Add") && node.inputs().contains(output)) {
        for (String added : node.inputs()) {
          if (graph.initializers().containsKey(added) && added.endsWith("bias")) {
            return added.substring(0, added.length() - "bias".length()) + "weight";
          }
        }
      }
    }
    List<String> path = List.of(product.name().split("/"));
    return path.size() > 2 && path.get(path.size() - 1).equals(MATMUL)
        ? String.join(".", path.subList(1, path.size() - 1)) + ".weight"
        : null;
  }

  private static NdArray turned(NdArray x) {
    int rows = x.dim(0);
    int columns = x.dim(1);
    int[] source = new int[x.size()];
    for (int i = 0; i < source.length; i++) {
      source[i] = i % rows * columns + i / rows;
    }
    return x.picked(source, 0, columns, rows);
  }
}
