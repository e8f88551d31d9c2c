package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.Norm;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend.NormWeights;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Layer norms and root-mean-square norms over the last axis: the operators, and {@code (x -
 * mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * gamma + beta} as exporters write it, without
 * the means where it is one of the root mean square. A sum that only the norm reads, as after a
 * residual connection, is taken in.
 */
final class Norms implements Pattern {
  /**
   * {@code (x - mean) / sqrt(variance + epsilon)}.
   *
   * @param input the slot of x
   * @param centred whether there is a mean
   * @param axis over which
   * @param epsilon epsilon
   * @param gamma factors of the features, or null
   * @param beta what is added to them, or null
   * @param steps the nodes
   */
  private record Found(
      int input,
      boolean centred,
      long axis,
      double epsilon,
      double[] gamma,
      double[] beta,
      Set<Step> steps) {
    Found with(double[] factors, double[] terms, Step step) {
      Set<Step> more = new HashSet<>(steps);
      more.add(step);
      return new Found(input, centred, axis, epsilon, factors, terms, more);
    }
  }

  @Override
  public Match match(Graph graph, Step last) {
    Found found = find(graph, last);
    if (found == null) {
      return null;
    }
    Step sum = graph.producer(found.input, "Add");
    boolean isResidual =
        sum != null
            && graph.isActive(sum.inputs()[0])
            && graph.isActive(sum.inputs()[1])
            && graph.output() != found.input
            && found.steps.containsAll(graph.users(found.input));
    Set<Step> steps = new HashSet<>(found.steps);
    if (isResidual) {
      steps.add(sum);
    }
    int[] from = isResidual ? sum.inputs() : new int[] {found.input};
    return new Match(
        List.of(found.centred ? "layer norm" : "RMS norm"),
        steps,
        backend -> {
          NormWeights weights =
              backend.normWeights(found.centred, found.gamma, found.beta, found.epsilon);
          return frame -> lower(frame, found.axis, weights, from, last.outputs()[0]);
        });
  }

  private static boolean lower(Frame frame, long axis, NormWeights weights, int[] from, int out) {
    Active[] x = new Active[from.length];
    for (int i = 0; i < x.length; i++) {
      Active a = frame.active(from[i]);
      int rank = a.shape().length;
      boolean isLast = axis == -1 || axis == rank - 1;
      boolean fits = isLast && rank > 0 && a.width() == weights.size();
      if (!fits || !Arrays.equals(a.shape(), frame.active(from[0]).shape())) {
        return false;
      }
    }
    for (int i = 0; i < x.length; i++) {
      x[i] = frame.dense(frame.active(from[i]));
    }
    frame.put(out, frame.byRows(runs -> new Norm(weights), x[0].cols(), x[0].shape(), x));
    return true;
  }

  private static Found find(Graph graph, Step last) {
    return switch (last.name()) {
      case "LayerNormalization", "RMSNormalization" -> operator(graph, last);
      case "Add" -> {
        Found first = shifted(graph, last, 0);
        yield first == null ? shifted(graph, last, 1) : first;
      }
      case "Mul" -> scaled(graph, last);
      default -> null;
    };
  }

  private static Found operator(Graph graph, Step step) {
    double[] gamma = graph.features(graph.input(step, 1), -1);
    int third = graph.input(step, 2);
    double[] beta = third < 0 || gamma == null ? null : graph.features(third, gamma.length);
    boolean isAlone = Arrays.stream(step.outputs()).skip(1).allMatch(s -> s < 0);
    if (gamma == null || (third >= 0 && beta == null) || !isAlone) {
      return null;
    }
    boolean centred = step.name().equals("LayerNormalization");
    return new Found(
        step.inputs()[0],
        centred,
        step.integer("axis", -1),
        step.number("epsilon", 1e-5),
        gamma,
        beta,
        Set.of(step));
  }

  private static Found shifted(Graph graph, Step sum, int side) {
    double[] beta = graph.features(sum.inputs()[1 - side], -1);
    Step before = beta == null ? null : graph.producer(sum.inputs()[side]);
    if (before == null) {
      return null;
    }
    Found scaled = before.name().equals("Mul") ? scaled(graph, before) : null;
    if (scaled != null && scaled.gamma.length == beta.length) {
      return scaled.with(scaled.gamma, beta, sum);
    }
    Found plain = normalised(graph, before);
    double[] ones = new double[beta.length];
    Arrays.fill(ones, 1);
    return plain == null ? null : plain.with(ones, beta, sum);
  }

  private static Found scaled(Graph graph, Step product) {
    for (int side = 0; side < 2; side++) {
      double[] gamma = graph.features(product.inputs()[1 - side], -1);
      Step before = gamma == null ? null : graph.producer(product.inputs()[side]);
      Found plain = before == null ? null : normalised(graph, before);
      if (plain != null) {
        return plain.with(gamma, null, product);
      }
    }
    return null;
  }

  /** {@code c / sqrt(mean(c^2) + epsilon)}, or c times one divided by that. */
  private static Found normalised(Graph graph, Step step) {
    Found found = null;
    if (step.name().equals("Div")) {
      found = over(graph, step.inputs()[0], step.inputs()[1], Set.of(step));
    } else if (step.name().equals("Mul")) {
      for (int side = 0; side < 2 && found == null; side++) {
        Step inverse = graph.producer(step.inputs()[1 - side]);
        int root = inverse == null ? -1 : inverted(graph, inverse);
        found = root < 0 ? null : over(graph, step.inputs()[side], root, Set.of(step, inverse));
      }
    }
    return found;
  }

  /** The slot that one is divided by; -1 if the node does something else. */
  private static int inverted(Graph graph, Step step) {
    boolean divides = step.name().equals("Div") && graph.isNumber(step.inputs()[0], 1);
    return divides ? step.inputs()[1] : step.name().equals("Reciprocal") ? step.inputs()[0] : -1;
  }

  private static Found over(Graph graph, int c, int deviation, Set<Step> before) {
    Step root = graph.producer(deviation, "Sqrt");
    Step sum = root == null ? null : graph.producer(root.inputs()[0], "Add");
    if (sum == null) {
      return null;
    }
    int side = Double.isNaN(graph.number(sum.inputs()[0])) ? 0 : 1;
    double epsilon = graph.number(sum.inputs()[1 - side]);
    Step mean = graph.producer(sum.inputs()[side], "ReduceMean");
    Step square = mean == null ? null : graph.producer(mean.inputs()[0]);
    if (square == null || !(epsilon >= 0) || !isSquare(graph, square, c)) {
      return null;
    }
    Long axis = axis(graph, mean);
    if (axis == null) {
      return null;
    }
    Set<Step> steps = new HashSet<>(before);
    steps.addAll(List.of(root, sum, mean, square));
    Step centring = graph.producer(c, "Sub");
    Step first = centring == null ? null : graph.producer(centring.inputs()[1], "ReduceMean");
    boolean isCentred =
        first != null
            && first.inputs()[0] == centring.inputs()[0]
            && axis.equals(axis(graph, first))
            // a norm of what another one centred, which is read elsewhere, is one without a mean
            && steps.containsAll(graph.users(c));
    if (!isCentred) {
      return new Found(c, false, axis, epsilon, null, null, steps);
    }
    steps.addAll(List.of(centring, first));
    return new Found(first.inputs()[0], true, axis, epsilon, null, null, steps);
  }

  private static boolean isSquare(Graph graph, Step step, int c) {
    boolean isPower = step.name().equals("Pow") && graph.isNumber(step.inputs()[1], 2);
    boolean isProduct = step.name().equals("Mul") && step.inputs()[1] == c;
    return (isPower || isProduct) && step.inputs()[0] == c;
  }

  /** The one axis of a mean that keeps it; null if it is another one. */
  private static Long axis(Graph graph, Step mean) {
    NdArray input = graph.constant(graph.input(mean, 1));
    Object attribute =
        mean.node().attributes().containsKey("axes")
            ? mean.node().attributes().get("axes").value()
            : null;
    long[] axes =
        input != null ? input.longs() : attribute instanceof long[] given ? given : new long[0];
    return axes.length == 1 && mean.integer("keepdims", 1) != 0 ? (Long) axes[0] : null;
  }
}
