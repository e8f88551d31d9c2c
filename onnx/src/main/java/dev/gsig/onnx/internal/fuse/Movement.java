package dev.gsig.onnx.internal.fuse;

import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Operators that move elements about, or leave them out, or repeat them: nothing is computed, the
 * view changes. Where each element comes from the operator itself tells, given the places of the
 * elements in place of the elements.
 */
final class Movement implements Pattern {
  private static final Set<String> NAMES =
      Set.of(
          "Expand",
          "Flatten",
          "Gather",
          "GatherElements",
          "GatherND",
          "Reshape",
          "Slice",
          "Split",
          "Squeeze",
          "Tile",
          "Transpose",
          "Unsqueeze");

  @Override
  public Match match(Graph graph, Step last) {
    boolean movesIt = graph.isActive(graph.input(last, 0));
    boolean knowsWhere = Arrays.stream(last.inputs()).skip(1).noneMatch(graph::isActive);
    return NAMES.contains(last.name()) && movesIt && knowsWhere
        ? new Match(List.of(), Set.of(last), backend -> frame -> lower(frame, last))
        : null;
  }

  private static boolean lower(Frame frame, Step step) {
    Active a = frame.active(step.inputs()[0]);
    NdArray[] x = new NdArray[step.inputs().length];
    double[] all = new double[a.size()];
    Arrays.setAll(all, i -> i);
    x[0] = NdArray.of(ElementType.DOUBLE, all, a.shape());
    for (int i = 1; i < x.length; i++) {
      x[i] = frame.array(step.inputs()[i]);
    }
    NdArray[] y = frame.places(step, x);
    for (int i = 0; i < y.length; i++) {
      if (step.outputs()[i] >= 0) {
        int[] places = Arrays.stream(y[i].doubles()).mapToInt(p -> (int) p).toArray();
        frame.put(step.outputs()[i], a.moved(places, y[i].shape()));
      }
    }
    return true;
  }
}
