package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/** A function of the elements along an axis that gives as many. */
abstract class Lanewise implements Operator {
  private final long axis;
  private final boolean toTheEnd;

  /** Before version 13 all axes from the given one on were taken together. */
  Lanewise(Node node) {
    node.takes(1, 1);
    toTheEnd = node.opset() < 13;
    axis = node.integer("axis", toTheEnd ? 1 : -1);
  }

  abstract double[] lane(double[] x);

  /** The gradient by {@code x} of a row with the results {@code y}. */
  abstract double[] rule(double[] y, double[] gy);

  private Lanes lanes(NdArray x) {
    if (toTheEnd && axis == x.rank()) {
      return Lanes.along(x.shape());
    }
    int first = Shapes.axis(axis, x.rank());
    return Lanes.along(x.shape(), toTheEnd ? Axes.from(first, x.rank()) : new int[] {first});
  }

  @Override
  public final NdArray[] forward(NdArray[] x) {
    Lanes lanes = lanes(x[0]);
    double[] y = new double[x[0].size()];
    for (int row = 0; row < lanes.rows(); row++) {
      lanes.put(lane(lanes.row(x[0].doubles(), row)), y, row);
    }
    return new NdArray[] {NdArray.of(x[0].type(), y, x[0].shape())};
  }

  @Override
  public final boolean passes(int input) {
    return true;
  }

  @Override
  public final void backward(NdArray[] x, NdArray[] y, Flow flow) {
    Lanes lanes = lanes(x[0]);
    double[] gx = new double[x[0].size()];
    for (int row = 0; row < lanes.rows(); row++) {
      lanes.put(rule(lanes.row(y[0].doubles(), row), lanes.row(flow.of(0), row)), gx, row);
    }
    flow.give(0, gx);
  }
}
