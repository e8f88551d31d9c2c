package dev.gsig.onnx.internal.op;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/** Every so many elements between two indices of some axes; rule: {@code gy} back in place. */
final class Slice extends Movement {
  private final long[] starts;
  private final long[] ends;
  private final long[] axes;

  Slice(Node node) {
    boolean asInput = node.opset() >= 10;
    node.takes(asInput ? 3 : 1, asInput ? 5 : 1);
    starts = asInput ? null : node.integers("starts");
    ends = asInput ? null : node.integers("ends");
    axes = asInput ? null : node.integers("axes");
    if (!asInput && (starts == null || ends == null)) {
      throw new InvalidInputException("\"starts\" or \"ends\" is missing");
    }
  }

  @Override
  Origin origin(NdArray[] x) {
    int[] shape = x[0].shape();
    int[] steps = Shapes.strides(shape);
    long[] first = Axes.read(starts, x, 1);
    long[] last = Axes.read(ends, x, 2);
    long[] along = Axes.read(axes, x, 3);
    long[] by = Axes.read(null, x, 4);
    int place = 0;
    for (int i = 0; i < first.length; i++) {
      int axis = Shapes.axis(along == null ? i : along[i], shape.length);
      long step = by == null ? 1 : by[i];
      if (step == 0) {
        throw new InvalidInputException("a step is 0");
      }
      int n = shape[axis];
      // a reversed slice begins at the last element at most, and may end before the first
      long from = clamp(first[i], n, 0, step > 0 ? n : n - 1);
      long to = clamp(last[i], n, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
      long span = step > 0 ? to - from : from - to;
      long size = Math.abs(step);
      shape[axis] = n == 0 || span <= 0 ? 0 : size < 0 ? 1 : (int) ((span - 1) / size + 1);
      place += shape[axis] == 0 ? 0 : (int) from * steps[axis];
      steps[axis] = shape[axis] <= 1 ? 0 : (int) step * steps[axis];
    }
    return new Origin(shape, Shapes.walk(shape, steps, place));
  }

  private static long clamp(long index, int n, long least, long most) {
    long counted = index < 0 && index + n >= 0 ? index + n : index;
    return Math.max(least, Math.min(most, counted));
  }
}
