package dev.gsig.onnx.internal.fuse;

import dev.gsig.autodiff.op.LogSoftmax;
import dev.gsig.autodiff.op.Softmax;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.internal.tape.Active;
import dev.gsig.onnx.internal.tape.Frame;
import dev.gsig.onnx.internal.tape.Graph;
import dev.gsig.onnx.internal.tape.Pattern;

/** Softmax, or its logarithm, along the last axis. */
final class Softmaxes implements Pattern {
  @Override
  public Match match(Graph graph, Step last) {
    return last.name().equals("Softmax") || last.name().equals("LogSoftmax")
        ? Match.of("softmax", last, frame -> lower(frame, last))
        : null;
  }

  /** Whether a softmax of a value with so many axes is along the last one. */
  static boolean isLast(Step step, int rank) {
    long axis = step.integer("axis", step.opset() < 13 ? 1 : -1);
    return rank > 0 && (axis == -1 || axis == rank - 1);
  }

  private static boolean lower(Frame frame, Step step) {
    Active a = frame.active(step.inputs()[0]);
    if (!isLast(step, a.shape().length)) {
      return false;
    }
    Active x = frame.dense(a);
    boolean ofLog = step.name().equals("LogSoftmax");
    frame.put(
        step.outputs()[0],
        frame.byRows(runs -> ofLog ? new LogSoftmax() : new Softmax(), x.cols(), x.shape(), x));
    return true;
  }
}
