package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/** The index of the largest or smallest element along an axis. No gradient. */
abstract class Extremum implements Operator {
  private final long axis;
  private final boolean keep;
  private final boolean last;

  Extremum(Node node) {
    node.takes(1, 1);
    axis = node.integer("axis", 0);
    keep = node.flag("keepdims", true);
    last = node.opset() >= 12 && node.flag("select_last_index", false);
  }

  /** Whether an element that compares so with the best one is better. */
  abstract boolean isBetter(int order);

  @Override
  public final NdArray[] forward(NdArray[] x) {
    int along = Shapes.axis(axis, x[0].rank());
    Lanes lanes = Lanes.along(x[0].shape(), along);
    int[] shape = lanes.kept();
    if (keep) {
      shape = x[0].shape();
      shape[along] = 1;
    }
    long[] y = new long[lanes.rows()];
    for (int row = 0; row < y.length; row++) {
      int start = row * lanes.width();
      for (int i = 1; i < lanes.width(); i++) {
        int order = compare(x[0], lanes.index()[start + i], lanes.index()[start + (int) y[row]]);
        y[row] = isBetter(order) || (last && order == 0) ? i : y[row];
      }
    }
    return new NdArray[] {NdArray.of(ElementType.INT64, y, shape)};
  }

  /** Compares two elements of an array. */
  static int compare(NdArray x, int i, int j) {
    return x.type().isFloating()
        ? Double.compare(x.doubles()[i] + 0.0, x.doubles()[j] + 0.0)
        : x.type().compare(x.longs()[i], x.longs()[j]);
  }
}
