package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.MatMul;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;
import dev.gsig.onnx.tensor.Shapes;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Products of two values that depend on a path, matrix by matrix. */
final class Products implements Pattern {
  @Override
  public Match match(Graph graph, Step last) {
    boolean isProduct =
        last.name().equals("MatMul")
            && graph.isActive(last.inputs()[0])
            && graph.isActive(last.inputs()[1]);
    return isProduct ? Match.of("matrix product", last, frame -> lower(frame, last)) : null;
  }

  private static boolean lower(Frame frame, Step step) {
    Active a = frame.active(step.inputs()[0]);
    Active b = frame.active(step.inputs()[1]);
    int[] sa = a.shape();
    int[] sb = b.shape();
    if (sa.length < 2 || sb.length < 2 || a.width() != b.fromEnd(1) || a.type() != b.type()) {
      return false;
    }
    int[] outer =
        Shapes.broadcast(Arrays.copyOf(sa, sa.length - 2), Arrays.copyOf(sb, sb.length - 2));
    int items = Shapes.size(outer);
    Active p = a.broadcast(with(outer, a.fromEnd(1), a.width()));
    Active q = b.broadcast(with(outer, b.fromEnd(1), b.width()));
    Active turned = turned(q);
    boolean turns = !frame.isOfRows(q) && frame.isOfRows(turned);
    Active x = matrices(frame, p, items);
    Active y = matrices(frame, turns ? turned : q, items);
    int rows = a.fromEnd(1);
    int cols = b.width();
    int[] shape = with(outer, rows, cols);
    Active z = frame.call(runs -> new MatMul(false, turns), items * rows, cols, shape, x, y);
    frame.put(step.outputs()[0], items == 1 ? z : frame.ungrouped(z).shaped(a.type(), shape));
    return true;
  }

  private static int[] with(int[] outer, int rows, int cols) {
    return IntStream.concat(IntStream.of(outer), IntStream.of(rows, cols)).toArray();
  }

  /** Rows and columns exchanged. */
  private static Active turned(Active a) {
    int[] shape = a.shape().clone();
    int last = shape.length - 1;
    int[] steps = Shapes.strides(shape);
    shape[last] = a.fromEnd(1);
    shape[last - 1] = a.width();
    int swap = steps[last];
    steps[last] = steps[last - 1];
    steps[last - 1] = swap;
    return a.moved(Shapes.walk(shape, steps, 0), shape);
  }

  private static Active matrices(Frame frame, Active a, int items) {
    Active x = frame.dense(a);
    int[] rows = new int[x.rows()];
    Arrays.setAll(rows, r -> r);
    return items == 1 ? x : frame.grouped(x, items, rows);
  }
}
