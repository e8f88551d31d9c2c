package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;

/** One number of all elements along some axes. */
abstract class Reduction implements Operator {
  private final long[] axes;
  private final boolean keep;
  private final boolean noneIfEmpty;

  Reduction(Node node) {
    boolean asInput = node.opset() >= (node.operator().equals("ReduceSum") ? 13 : 18);
    node.takes(1, asInput ? 2 : 1);
    axes = asInput ? null : node.integers("axes");
    keep = node.flag("keepdims", true);
    noneIfEmpty = asInput && node.flag("noop_with_empty_axes", false);
  }

  abstract double reduce(double[] x);

  abstract long reduce(ElementType type, long[] x);

  /** The derivative by the element {@code v} of {@code x}, whose result is {@code y}. */
  abstract double slope(double v, double[] x, double y);

  private int[] axes(NdArray[] x) {
    long[] given = Axes.read(axes, x, 1);
    if (given == null || given.length == 0) {
      return noneIfEmpty ? new int[0] : Axes.from(0, x[0].rank());
    }
    return Axes.of(given, x[0].rank());
  }

  @Override
  public final NdArray[] forward(NdArray[] x) {
    int[] along = axes(x);
    Lanes lanes = Lanes.along(x[0].shape(), along);
    int[] shape = lanes.kept();
    if (keep) {
      shape = x[0].shape();
      for (int axis : along) {
        shape[axis] = 1;
      }
    }
    if (!x[0].type().isFloating()) {
      long[] y = new long[lanes.rows()];
      for (int row = 0; row < y.length; row++) {
        y[row] = reduce(x[0].type(), lanes.row(x[0].longs(), row));
      }
      return new NdArray[] {NdArray.of(x[0].type(), y, shape)};
    }
    double[] y = new double[lanes.rows()];
    for (int row = 0; row < y.length; row++) {
      y[row] = reduce(lanes.row(x[0].doubles(), row));
    }
    return new NdArray[] {NdArray.of(x[0].type(), y, shape)};
  }

  @Override
  public final boolean passes(int input) {
    return input == 0;
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    Lanes lanes = Lanes.along(x[0].shape(), axes(x));
    double[] gx = new double[x[0].size()];
    for (int row = 0; row < lanes.rows(); row++) {
      double[] values = lanes.row(x[0].doubles(), row);
      double[] g = new double[values.length];
      for (int i = 0; i < g.length; i++) {
        g[i] = flow.of(0)[row] * slope(values[i], values, y[0].doubles()[row]);
      }
      lanes.put(g, gx, row);
    }
    flow.give(0, gx);
  }
}
