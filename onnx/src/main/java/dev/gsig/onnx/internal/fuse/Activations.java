package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.Activate;
import dev.gsig.onnx.internal.fuse.LinearLayers.Layer;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.tensor.Activation;
import dev.gsig.tensor.Backend.LinearWeights;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Activation functions, as operators of their own and as exporters write them, with the linear
 * layer before them if there is one: {@code c x (1 + erf(k x))} and {@code c x (1 + tanh(k (x + a
 * x^3)))} are GELU, {@code x sigmoid(k x)} is SiLU, or what is called quick GELU.
 */
final class Activations implements Pattern {
  private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);
  private static final double TANH_CUBIC = 0.044715;

  /**
   * {@code after f(before x)}.
   *
   * @param input the slot of x
   * @param function f
   * @param before a factor
   * @param after a factor
   * @param steps the nodes
   */
  private record Found(
      int input, Activation function, double before, double after, Set<Step> steps) {}

  @Override
  public Match match(Graph graph, Step last) {
    Found found = find(graph, last);
    if (found == null) {
      return null;
    }
    int out = last.outputs()[0];
    Step producer = graph.producer(found.input);
    Layer layer = producer == null ? null : LinearLayers.find(graph, producer);
    boolean isFirst = layer != null && found.steps.containsAll(graph.users(found.input));
    if (!isFirst || found.before != 1) {
      return new Match(
          List.of(name(found.function)),
          found.steps,
          backend ->
              frame -> {
                frame.put(out, apply(frame, found));
                return true;
              });
    }
    Set<Step> steps = new HashSet<>(found.steps);
    steps.addAll(layer.steps());
    return new Match(
        List.of(LinearLayers.NAME, name(found.function)),
        steps,
        backend -> {
          LinearWeights weights = layer.weights(backend);
          return frame -> {
            Active y = LinearLayers.apply(frame, layer, weights, found.function);
            if (y != null) {
              frame.put(out, y.times(found.after));
            }
            return y != null;
          };
        });
  }

  private static String name(Activation function) {
    return switch (function) {
      case RELU -> "ReLU";
      case GELU, GELU_NEW -> "GELU";
      case TANH -> "tanh";
      case SIGMOID -> "sigmoid";
      case SILU -> "SiLU";
    };
  }

  private static Active apply(Frame frame, Found found) {
    Active x = frame.active(found.input).times(found.before);
    // a function of each element may be computed where the elements are, before they are moved
    Active at = x.factors() == null && x.size() >= x.rows() * x.cols() ? x : frame.dense(x);
    Active y = frame.byRows(runs -> new Activate(found.function), at.cols(), at.shape(), at);
    return at.viewOf(y).times(found.after);
  }

  private static Found find(Graph graph, Step last) {
    return switch (last.name()) {
      case "Relu" -> single(last, Activation.RELU, 1);
      case "Tanh" -> single(last, Activation.TANH, 1);
      case "Sigmoid" -> single(last, Activation.SIGMOID, 1);
      case "Swish" -> single(last, Activation.SILU, last.number("alpha", 1));
      case "Gelu" ->
          single(
              last,
              last.text("approximate", "none").equals("tanh")
                  ? Activation.GELU_NEW
                  : Activation.GELU,
              1);
      case "Mul", "Div" -> product(graph, last);
      default -> null;
    };
  }

  private static Found single(Step step, Activation function, double factor) {
    return new Found(step.inputs()[0], function, factor, 1 / factor, Set.of(step));
  }

  /** A product taken apart: its constant factors, and the others. */
  private static final class Factors {
    private final Graph graph;
    private final Set<Step> steps = new HashSet<>();
    private final List<Integer> others = new ArrayList<>();
    private double constant = 1;

    Factors(Graph graph, Step last) {
      this.graph = graph;
      add(last);
    }

    private void add(Step step) {
      steps.add(step);
      factor(step.inputs()[0], false);
      factor(step.inputs()[1], step.name().equals("Div"));
    }

    private void factor(int slot, boolean divides) {
      double number = graph.number(slot);
      if (!Double.isNaN(number)) {
        constant *= divides ? 1 / number : number;
        return;
      }
      Step step = graph.producer(slot);
      boolean isProduct = step != null && (step.name().equals("Mul") || step.name().equals("Div"));
      if (isProduct && !divides && graph.isActive(slot) && graph.users(slot).size() == 1) {
        add(step);
      } else {
        others.add(divides ? -1 : slot);
      }
    }
  }

  private static Found product(Graph graph, Step last) {
    Factors factors = new Factors(graph, last);
    if (factors.others.size() != 2) {
      return null;
    }
    int a = factors.others.get(0);
    int b = factors.others.get(1);
    Found found = gated(graph, factors, a, b);
    return found == null ? gated(graph, factors, b, a) : found;
  }

  /** {@code constant x gate}, where the gate is a function of x. */
  private static Found gated(Graph graph, Factors factors, int x, int gate) {
    if (!graph.isActive(x) || !graph.isActive(gate)) {
      return null;
    }
    Set<Step> steps = new HashSet<>(factors.steps);
    Step producer = graph.producer(gate);
    if (producer == null) {
      return null;
    }
    steps.add(producer);
    if (producer.name().equals("Sigmoid")) {
      double[] k = Polynomial.of(graph, producer.inputs()[0], x, steps);
      return isProportional(k)
          ? new Found(x, Activation.SILU, k[1], factors.constant / k[1], steps)
          : null;
    }
    return producer.name().equals("Add") ? gelu(graph, factors.constant, x, producer, steps) : null;
  }

  private static Found gelu(Graph graph, double constant, int x, Step sum, Set<Step> steps) {
    int side = graph.isNumber(sum.inputs()[0], 1) ? 1 : 0;
    Step function = graph.producer(sum.inputs()[side]);
    if (function == null || !graph.isNumber(sum.inputs()[1 - side], 1)) {
      return null;
    }
    steps.add(function);
    double[] k = Polynomial.of(graph, function.inputs()[0], x, steps);
    if (function.name().equals("Erf") && isProportional(k)) {
      // erf(x / sqrt(2)) is meant; what 32 bits make of the root is a factor of x
      double factor = k[1] * Math.sqrt(2);
      double before = graph.isClose(factor, 1) ? 1 : factor;
      return new Found(x, Activation.GELU, before, 2 * constant / before, steps);
    }
    boolean isTanh =
        function.name().equals("Tanh")
            && k != null
            && k[0] == 0
            && k[2] == 0
            && graph.isClose(k[1], TANH_SCALE)
            && graph.isClose(k[3], TANH_SCALE * TANH_CUBIC);
    return isTanh ? new Found(x, Activation.GELU_NEW, 1, 2 * constant, steps) : null;
  }

  private static boolean isProportional(double[] k) {
    return k != null && k[0] == 0 && k[1] != 0 && k[2] == 0 && k[3] == 0;
  }
}
