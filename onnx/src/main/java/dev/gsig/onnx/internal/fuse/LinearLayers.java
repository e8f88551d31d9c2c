package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** {@code x W + b}: a product with a constant matrix, perhaps with a constant row added; Gemm. */
final class LinearLayers implements Pattern {
  /** What they are called. */
  static final String NAME = "linear layer";

  /**
   * A linear layer in a graph.
   *
   * @param input the slot of x
   * @param matrix W
   * @param transposed whether W is {@code [outputs, inputs]}
   * @param alpha factor of W
   * @param bias b, or null
   * @param beta factor of b
   * @param steps the nodes
   */
  record Layer(
      int input,
      NdArray matrix,
      boolean transposed,
      double alpha,
      double[] bias,
      double beta,
      Set<Step> steps) {
    int outputs() {
      return matrix.dim(transposed ? 0 : 1);
    }

    int inputs() {
      return matrix.dim(transposed ? 1 : 0);
    }

    LinearWeights weights(Backend backend) {
      double[] w = matrix.doubles().clone();
      for (int o = 0; !transposed && o < outputs(); o++) {
        for (int i = 0; i < inputs(); i++) {
          w[o * inputs() + i] = matrix.doubles()[i * outputs() + o];
        }
      }
      double[] b = bias == null ? null : Arrays.stream(bias).map(v -> beta * v).toArray();
      double[] scaled = Arrays.stream(w).map(v -> alpha * v).toArray();
      return backend.linearWeights(outputs(), inputs(), scaled, b);
    }
  }

  @Override
  public Match match(Graph graph, Step last) {
    Layer layer = find(graph, last);
    return layer == null
        ? null
        : new Match(
            List.of(NAME),
            layer.steps,
            backend -> {
              LinearWeights weights = layer.weights(backend);
              return frame -> {
                Active y = apply(frame, layer, weights, null);
                if (y != null) {
                  frame.put(last.outputs()[0], y);
                }
                return y != null;
              };
            });
  }

  /** The linear layer that ends at a node; null if none does. */
  static Layer find(Graph graph, Step last) {
    return switch (last.name()) {
      case "MatMul" -> product(graph, last);
      case "Gemm" -> gemm(graph, last);
      case "Add" -> {
        Layer first = sum(graph, last, 0);
        yield first == null ? sum(graph, last, 1) : first;
      }
      default -> null;
    };
  }

  private static Layer product(Graph graph, Step step) {
    NdArray matrix = graph.constant(step.inputs()[1]);
    boolean isLayer = matrix != null && isMatrix(matrix) && graph.isActive(step.inputs()[0]);
    return isLayer ? new Layer(step.inputs()[0], matrix, false, 1, null, 1, Set.of(step)) : null;
  }

  private static boolean isMatrix(NdArray array) {
    return array.rank() == 2 && array.size() > 0 && array.type().isFloating();
  }

  private static Layer sum(Graph graph, Step step, int side) {
    Step product = graph.producer(step.inputs()[side], "MatMul");
    Layer layer = product == null ? null : product(graph, product);
    double[] bias = layer == null ? null : graph.features(step.inputs()[1 - side], layer.outputs());
    return bias == null || graph.constant(step.inputs()[1 - side]).rank() > 1
        ? null
        : new Layer(layer.input, layer.matrix, false, 1, bias, 1, Set.of(product, step));
  }

  private static Layer gemm(Graph graph, Step step) {
    NdArray matrix = graph.constant(step.inputs()[1]);
    int c = graph.input(step, 2);
    boolean isLayer =
        matrix != null
            && isMatrix(matrix)
            && graph.isActive(step.inputs()[0])
            && step.integer("transA", 0) == 0;
    if (!isLayer) {
      return null;
    }
    boolean transposed = step.integer("transB", 0) != 0;
    double[] bias = c < 0 ? null : graph.features(c, matrix.dim(transposed ? 0 : 1));
    return c >= 0 && bias == null
        ? null
        : new Layer(
            step.inputs()[0],
            matrix,
            transposed,
            step.number("alpha", 1),
            bias,
            step.number("beta", 1),
            Set.of(step));
  }

  /**
   * Records a layer.
   *
   * @param activation what follows at once, or null
   * @return its result; null if the features are not as many as it takes
   */
  static Active apply(Frame frame, Layer layer, LinearWeights weights, Activation activation) {
    Active given = frame.active(layer.input);
    if (given.width() != layer.inputs() || given.shape().length == 0) {
      return null;
    }
    Active x = frame.dense(given);
    int[] shape = x.shape().clone();
    shape[shape.length - 1] = layer.outputs();
    return frame.byRows(
        runs -> activation == null ? new Linear(weights) : new Dense(weights, activation),
        layer.outputs(),
        shape,
        x);
  }
}
