package dev.gsig.onnx.internal.op;

import dev.gsig.onnx.internal.graph.Flow;
import dev.gsig.onnx.internal.graph.Node;
import dev.gsig.onnx.internal.graph.Operator;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;

/**
 * {@code y[i] = x[0] + ... + x[i]} along an axis, or before {@code i}, or from the end; rule: the
 * same of {@code gy} in the other direction.
 */
final class CumSum implements Operator {
  private final boolean exclusive;
  private final boolean reverse;

  CumSum(Node node) {
    node.takes(2, 2);
    exclusive = node.flag("exclusive", false);
    reverse = node.flag("reverse", false);
  }

  private static Lanes lanes(NdArray[] x) {
    return Lanes.along(x[0].shape(), Shapes.axis(x[1].longs()[0], x[0].rank()));
  }

  private double[] sums(double[] x, Lanes lanes, boolean backwards) {
    double[] y = new double[x.length];
    for (int row = 0; row < lanes.rows(); row++) {
      double sum = 0;
      for (int i = 0; i < lanes.width(); i++) {
        int step = backwards ? lanes.width() - 1 - i : i;
        int at = lanes.index()[row * lanes.width() + step];
        double before = sum;
        sum += x[at];
        y[at] = exclusive ? before : sum;
      }
    }
    return y;
  }

  @Override
  public NdArray[] forward(NdArray[] x) {
    NdArray y =
        NdArray.of(ElementType.DOUBLE, sums(x[0].numbers(), lanes(x), reverse), x[0].shape());
    return new NdArray[] {Cast.to(x[0].type(), y, false)};
  }

  @Override
  public boolean passes(int input) {
    return input == 0;
  }

  @Override
  public void backward(NdArray[] x, NdArray[] y, Flow flow) {
    flow.give(0, sums(flow.of(0), lanes(x), !reverse));
  }
}
