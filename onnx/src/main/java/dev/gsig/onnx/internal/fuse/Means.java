package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Sum;
import dev.gsig.onnx.internal.format.AttributeProto;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;

/** Sums and means over the last axis or the one before it, as in pooling. */
final class Means implements Pattern {
  private static final Set<String> NAMES = Set.of("ReduceMean", "ReduceSum");

  @Override
  public Match match(Graph graph, Step last) {
    return NAMES.contains(last.name())
        ? Match.of(
            last.name().equals("ReduceSum") ? "sum" : "mean", last, frame -> lower(frame, last))
        : null;
  }

  private static boolean lower(Frame frame, Step step) {
    Active a = frame.active(step.inputs()[0]);
    int rank = a.shape().length;
    AttributeProto attribute = step.node().attributes().get("axes");
    NdArray input = step.inputs().length > 1 ? frame.array(step.inputs()[1]) : null;
    long[] axes =
        attribute != null
            ? (long[]) attribute.value()
            : input == null ? new long[0] : input.longs();
    if (axes.length != 1 || !a.type().isFloating() || rank < 1) {
      return false;
    }
    int axis = Shapes.axis(axes[0], rank);
    boolean ofColumns = axis == rank - 1;
    if (!ofColumns && axis != rank - 2) {
      return false;
    }
    int[] shape = a.shape().clone();
    shape[axis] = 1;
    int[] kept =
        step.integer("keepdims", 1) != 0
            ? shape
            : IntStream.range(0, rank).filter(i -> i != axis).map(i -> shape[i]).toArray();
    Active x = frame.dense(a);
    int items = ofColumns ? 1 : x.rows() / a.shape()[axis];
    Active grouped = items == 1 ? x : frame.grouped(x, items, everyRow(x));
    Active y =
        frame.call(
            runs -> new Sum(ofColumns ? Axis.COLUMNS : Axis.ROWS),
            Shapes.size(shape) / shape[rank - 1],
            shape[rank - 1],
            kept,
            grouped);
    y = items == 1 ? y : frame.ungrouped(y);
    double share = step.name().equals("ReduceMean") ? 1.0 / a.shape()[axis] : 1;
    frame.put(step.outputs()[0], y.shaped(a.type(), kept).times(share));
    return true;
  }

  private static int[] everyRow(Active x) {
    int[] rows = new int[x.rows()];
    Arrays.setAll(rows, r -> r);
    return rows;
  }
}
