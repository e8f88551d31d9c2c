package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Values behind one another along an axis. Views of one and the same value become a view, as the
 * turned halves of rotary positions; others are joined by columns or rows.
 */
final class Joins implements Pattern {
  @Override
  public Match match(Graph graph, Step last) {
    return last.name().equals("Concat")
        ? new Match(List.of(), Set.of(last), backend -> frame -> lower(frame, last))
        : null;
  }

  private static boolean lower(Frame frame, Step step) {
    List<Active> parts = new ArrayList<>();
    int rank = -1;
    for (int slot : step.inputs()) {
      Active a = frame.active(slot);
      NdArray array = frame.array(slot);
      if (a == null) {
        int[] shape = array.shape();
        int cols = shape.length == 0 ? 1 : shape[shape.length - 1];
        if (!array.type().isFloating() || array.size() == 0) {
          return false;
        }
        a = frame.repeated(array.size() / cols, cols, array.doubles()).shaped(array.type(), shape);
      }
      rank = rank < 0 ? a.shape().length : rank;
      if (a.shape().length != rank || rank == 0 || a.type() != typeOf(parts, a)) {
        return false;
      }
      parts.add(a);
    }
    int axis = Shapes.axis(step.integer("axis", 0), rank);
    int[] shape = parts.get(0).shape().clone();
    shape[axis] = 0;
    for (Active part : parts) {
      int[] other = part.shape().clone();
      shape[axis] += other[axis];
      other[axis] = shape[axis];
      if (!Arrays.equals(other, shape)) {
        return false;
      }
    }
    Active y = joined(frame, parts, axis, shape);
    if (y != null) {
      frame.put(step.outputs()[0], y);
    }
    return y != null;
  }

  private static ElementType typeOf(List<Active> parts, Active otherwise) {
    return parts.isEmpty() ? otherwise.type() : parts.get(0).type();
  }

  private static Active joined(Frame frame, List<Active> parts, int axis, int[] shape) {
    if (parts.stream().allMatch(p -> p.value() == parts.get(0).value())) {
      return Active.joined(parts, axis, shape);
    }
    boolean ofColumns = axis == shape.length - 1;
    boolean ofRows =
        axis == shape.length - 2 && Shapes.size(Arrays.copyOf(shape, shape.length - 2)) == 1;
    if (!ofColumns && !ofRows) {
      return null;
    }
    Active[] x = parts.stream().map(frame::dense).toArray(Active[]::new);
    int cols = shape[shape.length - 1];
    return ofColumns
        ? frame.byRows(runs -> new Concatenate(), cols, shape, x)
        : frame.call(runs -> new Concatenate(Axis.ROWS), Shapes.size(shape) / cols, cols, shape, x);
  }
}
